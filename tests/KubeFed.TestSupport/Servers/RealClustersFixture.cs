using Xunit;

namespace KubeFed.TestSupport.Servers;

/// <summary>
/// Shares clusters between the tests of a class, a collection or an assembly, starting them when the first of these tests asks. Derive to have other
/// than three.
/// </summary>
/// <example><code>
/// [CollectionDefinition(nameof(RealServers))]
/// public sealed class RealServers : ICollectionFixture&lt;RealClustersFixture&gt;;
///
/// [Collection(nameof(RealServers))]
/// public sealed class Joining(RealClustersFixture servers)
/// {
///     [Fact]
///     public async Task A_cluster_joins()
///     {
///         var clusters = await servers.GetAsync(TestContext.Current.CancellationToken);
/// </code></example>
public class RealClustersFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private RealClusters? _clusters;

    /// <summary>How many clusters there are.</summary>
    protected virtual int Count => 3;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The running clusters. Skips the calling test, with the reason, where there are no real servers (<see cref="RealClusters.SkipReason"/>).</summary>
    public async Task<RealClusters> GetAsync(CancellationToken cancellationToken)
    {
        if (RealClusters.SkipReason is { } reason)
        {
            Assert.Skip(reason);
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _clusters ??= await RealClusters.StartAsync(Count, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_clusters is not null)
        {
            await _clusters.DisposeAsync().ConfigureAwait(false);
        }

        _gate.Dispose();
        GC.SuppressFinalize(this);
    }
}
