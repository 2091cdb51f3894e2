using EngineChange = KubeFed.Engine.Change;
using EngineChangeKind = KubeFed.Engine.ChangeKind;

namespace KubeFed.PowerShell.Running;

/// <summary>A cmdlet that asks a federation: it knows which, from its own parameters, the default session or the kubeconfig, in this order.</summary>
public abstract class FederationCmdlet : CancellableCmdlet
{
    private OpenSession? _open;
    private bool _own;

    /// <summary>The session to use, from Connect-KubeFed.</summary>
    [Parameter]
    [ValidateNotNull]
    public Session? Session { get; set; }

    /// <summary>Kubeconfig files, the first winning; replaces KUBECONFIG and ~/.kube/config.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? KubeConfig { get; set; }

    /// <summary>The host cluster's kubeconfig context.</summary>
    [Parameter]
    [Alias("HostClusterContext")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>The control plane's namespace on the host.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeFedNamespace { get; set; }

    private protected DateTimeOffset Now => Open.Federation.Time.GetUtcNow();

    private protected OpenSession Open => _open ?? throw new InvalidOperationException("The session is opened in BeginProcessing.");

    /// <inheritdoc/>
    protected override void BeginProcessing() => _open = OrThrow(FindSession);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _own && _open is not null)
        {
            AfterWork(_open);
        }

        base.Dispose(disposing);
    }

    /// <summary>Lets the session live on after the cmdlet; true when somebody else has to close it then.</summary>
    private protected bool KeepSession()
    {
        var own = _own;
        _own = false;
        return own;
    }

    private protected bool TryRun(object? target, Func<Operation, Task> work) =>
        TryWork(target, (sink, stop) => RequestTrace.FollowAsync(sink, () => work(new Operation(Open, sink, stop))));

    private protected bool TryRun<T>(object? target, Func<Operation, Task<T>> work, out T result)
    {
        var value = default(T)!;
        var done = TryRun(target, async operation => { value = await work(operation).ConfigureAwait(false); });
        result = value;
        return done;
    }

    /// <summary>
    /// Runs work that changes something, if the user agrees. Under <c>-WhatIf</c> the work runs as a dry run, doing every read, and what it would change is
    /// printed, line by line.
    /// </summary>
    /// <returns>Whether the change was made and <paramref name="result"/> is set.</returns>
    private protected bool TryChange<T>(
        string target,
        string action,
        Func<Operation, bool, Task<T>> work,
        Func<T, IReadOnlyList<EngineChange>> changes,
        out T result)
    {
        if (!IsWhatIf)
        {
            result = default!;
            return ShouldProcess(target, action) && TryRun(target, operation => work(operation, false), out result);
        }

        if (TryRun(target, operation => work(operation, true), out result))
        {
            WritePlan(target, changes(result));
        }

        return false;
    }

    /// <summary>As above, for work that touches the host's objects only and cannot say more than that it would.</summary>
    private protected bool TryChange<T>(string target, string action, Func<Operation, bool, Task<T>> work, out T result)
    {
        result = default!;
        if (!IsWhatIf)
        {
            return ShouldProcess(target, action) && TryRun(target, operation => work(operation, false), out result);
        }

        if (TryRun(target, operation => work(operation, true), out result))
        {
            ShouldProcess(target, action);
        }

        return false;
    }

    /// <summary>Prints what would be changed, line by line, as <c>-WhatIf</c> does.</summary>
    private protected void WritePlan(string target, IReadOnlyList<EngineChange> changes)
    {
        var planned = changes.Where(change => change.Kind != EngineChangeKind.Unchanged).ToList();
        if (planned.Count == 0)
        {
            PrintPlanLine($"Nothing to change: {target}");
        }

        foreach (var change in planned)
        {
            PrintPlanLine(change.ToString());
        }
    }

    /// <summary>Prints one line of what would be changed.</summary>
    private protected void WritePlan(string line) => PrintPlanLine(line);

    // Under -WhatIf, ShouldProcess does no more than print its first argument after "What if: ".
    private void PrintPlanLine(string line) => ShouldProcess(line, line, MyInvocation.MyCommand?.Name);

    private OpenSession FindSession()
    {
        if (Session is not null)
        {
            if (KubeConfig is not null || Context is not null || KubeFedNamespace is not null)
            {
                throw new InputException(
                    "ConnectionAmbiguous", "-Session excludes -KubeConfig, -Context and -KubeFedNamespace: the session has its own.", Session)
                {
                    Remedy = "Give the session or the parameters, not both.",
                };
            }

            return Session.Open.OrThrowIfClosed();
        }

        if (KubeConfig is null && Context is null && KubeFedNamespace is null && SessionStore.Default is { } current)
        {
            return current.Open.OrThrowIfClosed();
        }

        _own = true;
        return SessionOpener.Open(ConnectionChoice.From(this, KubeConfig, Context, KubeFedNamespace));
    }
}
