using System.Threading.Channels;
using KubeFed.Engine.Api;
using KubeFed.Engine.Control.Leadership;
using KubeFed.Engine.ControlPlane;
using KubeFed.Engine.Tests.Fakes;
using KubeFed.Kubernetes.Client;
using KubeFed.Kubernetes.Objects;
using KubeFed.Kubernetes.Tests.Fakes;
using KubeFed.Sandbox;
using KubeFed.TestSupport.Transport;

namespace KubeFed.Engine.Tests.Control.Leadership;

/// <summary>A leader keeps its lease whatever its own work does to the host's connection, and sends nothing once it has lost it.</summary>
public sealed class LeaseUnderLoadTests : IAsyncDisposable
{
    private static readonly ObjectKey LeaseKey = new(KubeFedNames.DefaultSystemNamespace, LeaderElection.LockName);

    private readonly ManualTime _time = new();
    private readonly Sandbox.Sandbox _sandbox = Sandbox.Sandbox.Start(new SandboxOptions { Clusters = ["host"] });
    private readonly HoldingHandler _held = new();
    private readonly LeaseTerm _term;
    private readonly KubeClientFactory _work;
    private readonly KubeClientFactory _leases;
    private readonly Federation _federation;

    public LeaseUnderLoadTests()
    {
        _term = new LeaseTerm(_time);
        _work = new KubeClientFactory([_sandbox.Transport], wrap: (inner, _) => _held.Around(inner), fence: _term.Work);
        _leases = new KubeClientFactory([_sandbox.Transport], wrap: (inner, _) => _held.Around(inner), fence: _term.Lease);
        _federation = new Federation(new FederationOptions
        {
            Host = _work.Create(_sandbox.Host.Settings), HostName = "host", Clients = _work, Time = _time,
        });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_10_000_writes_waiting_for_the_host_the_lease_is_renewed_for_as_long_as_they_wait()
    {
        await _federation.ControlPlane.InstallAsync(new InstallRequest(), new RecordingSink(), Token);
        _held.Holds = request => !request.RequestUri!.AbsolutePath.Contains("/leases", StringComparison.Ordinal);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var election = new LeaderElection(_federation, "one", LeadershipTiming.Default, _term, _leases);
        Task[] writes = [];
        var run = election.RunAsync(
            async stop =>
            {
                writes = [.. Enumerable.Range(0, 10_000).Select(number => WriteAsync(number))];
                begun.SetResult();
                await Task.WhenAll(writes).WaitAsync(stop);
            },
            Token);
        await begun.Task.WaitAsync(Token);

        await PassAsync(() => _held.Passed("PUT") >= 30 || run.IsCompleted, TimeSpan.FromMinutes(5));

        Assert.False(run.IsCompleted, "the lease was lost");
        Assert.True(election.State.Leads);
        Assert.DoesNotContain(writes, write => write.IsCompleted);
        _held.Release();
        await run.WaitAsync(Token);
        using var admin = new KubeClientFactory([_sandbox.Transport]).Create(_sandbox.Host.Settings);
        var lease = await admin.GetAsync(KnownResources.Leases, LeaseKey, Token);
        Assert.Equal((string.Empty, 0), (lease.Spec!["holderIdentity"]!.GetValue<string>(), lease.Spec["leaseTransitions"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Requests_that_wait_until_the_deadline_has_passed_do_not_leave_and_neither_does_a_renewal()
    {
        await _federation.ControlPlane.InstallAsync(new InstallRequest(), new RecordingSink(), Token);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var election = new LeaderElection(_federation, "one", LeadershipTiming.Default, _term, _leases);
        _held.Holds = request => request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.EndsWith("/configmaps", StringComparison.Ordinal);
        Task[] writes = [];
        var run = election.RunAsync(
            async _ =>
            {
                writes = [.. Enumerable.Range(0, 200).Select(number => WriteAsync(number))];
                begun.SetResult();
                await Task.WhenAll(writes);
            },
            Token);
        await begun.Task.WaitAsync(Token);
        await _held.HoldingAsync(16, Token);
        _held.Clear();

        // As a process that was stopped finds the clock when it goes on.
        _time.Advance(TimeSpan.FromSeconds(20));
        _held.Release();

        Assert.Equal("LeaseLost", (await Assert.ThrowsAsync<FederationException>(() => run.WaitAsync(Token))).Id);
        var errors = new List<KubeConnectionException>();
        foreach (var write in writes)
        {
            try
            {
                await write.WaitAsync(Token);
            }
            catch (KubeConnectionException error)
            {
                errors.Add(error);
            }
        }

        // The sixteen had passed the fence in time; none of those that waited behind them has, and nothing was sent for the lease.
        Assert.Equal(184, errors.Count);
        Assert.All(errors, error => Assert.Equal(ConnectionFailure.NotSent, error.Failure));
        Assert.Equal(0, _held.Sent);
    }

    public async ValueTask DisposeAsync()
    {
        _held.Release();
        _federation.Dispose();
        await _sandbox.DisposeAsync();
    }

    private async Task WriteAsync(int number)
    {
        var map = KubeObject.Create(KnownResources.ConfigMaps, new ObjectKey("default", $"m{number}"));
        await _federation.Host.CreateAsync(KnownResources.ConfigMaps, map, new WriteOptions { FieldManager = "test" }, Token);
    }

    private async Task PassAsync(Func<bool> until, TimeSpan most)
    {
        var step = TimeSpan.FromSeconds(0.25);
        for (var passed = TimeSpan.Zero; !until(); passed += step)
        {
            Assert.True(passed < most, $"still not so after {most}");
            await Task.Delay(2, Token);
            _time.Advance(step);
        }
    }

    /// <summary>Keeps some requests at the transport until they are released, and counts those that arrive there.</summary>
    private sealed class HoldingHandler
    {
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
        private readonly Dictionary<string, int> _passed = [];
        private int _sent;

        public Func<HttpRequestMessage, bool> Holds { get; set; } = _ => false;

        public int Sent => Volatile.Read(ref _sent);

        public int Passed(string method)
        {
            lock (_passed)
            {
                return _passed.GetValueOrDefault(method);
            }
        }

        public void Clear() => Volatile.Write(ref _sent, 0);

        public void Release() => _release.TrySetResult();

        public async Task HoldingAsync(int count, CancellationToken cancellationToken)
        {
            for (; count > 0; count--)
            {
                await _arrived.Reader.ReadAsync(cancellationToken);
            }
        }

        public HttpMessageHandler Around(HttpMessageHandler inner) => new Handler(this, inner);

        private sealed class Handler(HoldingHandler owner, HttpMessageHandler inner) : DelegatingHandler(inner)
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                Interlocked.Increment(ref owner._sent);
                if (owner.Holds(request))
                {
                    owner._arrived.Writer.TryWrite(true);
                    await owner._release.Task.WaitAsync(cancellationToken);
                }

                lock (owner._passed)
                {
                    owner._passed[request.Method.Method] = owner._passed.GetValueOrDefault(request.Method.Method) + 1;
                }

                return await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
