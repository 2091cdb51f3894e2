namespace KubeFed.TestSupport.Transport;

/// <summary>
/// Makes chosen requests fail or wait. The rules are tried in the order they were added and the first that applies wins; a request no rule applies
/// to passes unharmed. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Put it outside a <see cref="CountingHandler"/> to count only what would reach the server, or inside to count every attempt.
/// </remarks>
public sealed class FaultHandler : DelegatingHandler
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];
    private readonly TimeProvider _time;
    private int _seen;

    /// <summary>For a chain that sets <see cref="DelegatingHandler.InnerHandler"/> itself.</summary>
    public FaultHandler(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
    }

    public FaultHandler(HttpMessageHandler inner, TimeProvider? time = null)
        : base(inner)
    {
        _time = time ?? TimeProvider.System;
    }

    /// <summary>How many faults were injected.</summary>
    public int Injected { get; private set; }

    /// <summary>The <paramref name="number"/>th request from now on meets the fault; 1 is the next one.</summary>
    public FaultHandler OnRequest(int number, Fault fault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        lock (_gate)
        {
            var target = _seen + number;
            _rules.Add(new Rule((_, position) => position == target, fault, 1));
        }

        return this;
    }

    /// <summary>Requests that match meet the fault, at most <paramref name="times"/> of them.</summary>
    public FaultHandler When(Func<HttpRequestMessage, bool> matches, Fault fault, int times = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        lock (_gate)
        {
            _rules.Add(new Rule((request, _) => matches(request), fault, times));
        }

        return this;
    }

    /// <summary>From now on everything passes.</summary>
    public void Heal()
    {
        lock (_gate)
        {
            _rules.Clear();
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var fault = NextFault(request);
        return fault is null
            ? base.SendAsync(request, cancellationToken)
            : fault.ApplyAsync(request, () => base.SendAsync(request, cancellationToken), _time, cancellationToken);
    }

    private Fault? NextFault(HttpRequestMessage request)
    {
        lock (_gate)
        {
            _seen++;
            var rule = _rules.Find(candidate => candidate.Left > 0 && candidate.Applies(request, _seen));
            if (rule is null)
            {
                return null;
            }

            rule.Left--;
            Injected++;
            return rule.Fault;
        }
    }

    private sealed class Rule(Func<HttpRequestMessage, int, bool> applies, Fault fault, int times)
    {
        public Func<HttpRequestMessage, int, bool> Applies { get; } = applies;

        public Fault Fault { get; } = fault;

        public int Left { get; set; } = times;
    }
}
