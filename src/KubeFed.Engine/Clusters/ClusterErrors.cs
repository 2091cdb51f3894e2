namespace KubeFed.Engine.Clusters;

internal static class ClusterErrors
{
    public static FederationException NotFound(Federation federation, string name) => new(
        "ClusterNotFound",
        FederationProblem.NotFound,
        $"No cluster named \"{name}\" is registered in namespace {federation.SystemNamespace} of {federation.Options.HostName}.")
    {
        Remedy = "Get-KubeFedCluster lists the registered clusters; Join-KubeFedCluster adds one.",
        Target = name,
    };
}
