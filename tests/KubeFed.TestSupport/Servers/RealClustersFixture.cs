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
    private readonly Lazy<Task<RealClusters>> _clusters;

    public RealClustersFixture()
    {
        // One start for all, whatever becomes of the test that asked first: when it fails, the others learn why at once instead of trying again.
        _clusters = new Lazy<Task<RealClusters>>(() => RealClusters.StartAsync(Count, CancellationToken.None));
    }

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

        return await _clusters.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_clusters.IsValueCreated)
        {
            await ((Task)_clusters.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_clusters.Value.IsCompletedSuccessfully)
            {
                var clusters = await _clusters.Value.ConfigureAwait(false);
                await clusters.DisposeAsync().ConfigureAwait(false);
            }
        }

        GC.SuppressFinalize(this);
    }
}
