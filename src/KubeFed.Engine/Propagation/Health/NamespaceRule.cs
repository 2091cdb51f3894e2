using KubeFed.Engine.Api;
using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Health;

/// <summary>A namespace is well unless it is going; its own conditions tell what it waits for, and when it can't go on.</summary>
internal static class NamespaceRule
{
    private static readonly string[] Failures =
        ["NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure", "NamespaceDeletionContentFailure"];

    private static readonly string[] Leftovers = ["NamespaceFinalizersRemaining", "NamespaceContentRemaining"];

    public static ObjectHealth Judge(KubeObject value)
    {
        if (!value.IsDeleting && value.Status.Text("phase") != "Terminating")
        {
            return ObjectHealth.Healthy;
        }

        foreach (var type in Failures)
        {
            if (value.TrueCondition(type) is { } failure)
            {
                return ObjectHealth.Degraded(failure.Words());
            }
        }

        foreach (var type in Leftovers)
        {
            if (value.TrueCondition(type) is { } left)
            {
                return ObjectHealth.Progressing(left.Words());
            }
        }

        return ObjectHealth.Leaving;
    }
}
