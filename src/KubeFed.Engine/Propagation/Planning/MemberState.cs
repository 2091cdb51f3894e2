using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Propagation.Planning;

/// <summary>What is known of one resource's copy in one cluster at the moment of planning.</summary>
public abstract record MemberState
{
    private MemberState()
    {
    }

    /// <summary>Nothing carries the managed label there; an unlabelled object of the same name may exist.</summary>
    public static MemberState NotListed { get; } = new Known(null, Looked: false);

    /// <summary>Looked for by name: there is no such object, labelled or not.</summary>
    public static MemberState Absent { get; } = new Known(null, Looked: true);

    /// <summary>The object as it is, labelled or not.</summary>
    /// <param name="version">What is remembered of it.</param>
    /// <param name="content">All of it, where it was read by name.</param>
    /// <param name="preview">What the member says our apply would make of it, where it was asked.</param>
    /// <param name="recordsScaling">The server is known to record who scales an object.</param>
    public static MemberState Found(MemberVersion version, KubeObject? content = null, KubeObject? preview = null, bool recordsScaling = false) =>
        new Known(version, Looked: true) { Content = content, Preview = preview, RecordsScaling = recordsScaling };

    /// <summary>The cluster answered.</summary>
    public sealed record Known(MemberVersion? Version, bool Looked) : MemberState
    {
        /// <summary>Whoever scaled the object is among its managed fields, so that its generation tells nothing more.</summary>
        public bool RecordsScaling { get; init; }

        public KubeObject? Content { get; init; }

        public KubeObject? Preview { get; init; }
    }

    /// <summary>The cluster, or this type in it, could not be read; nothing can be decided there.</summary>
    public sealed record Unavailable(PropagationReason Reason, string Message) : MemberState
    {
        /// <summary>A cluster that somebody suspended is left alone on purpose; any other that cannot be read is a failure.</summary>
        public PlanAction Action => Reason == PropagationReason.ClusterSuspended ? PlanAction.Skip : PlanAction.Error;

        /// <summary>The cluster has been waited for; false while it may still answer within this run.</summary>
        public bool IsFinal { get; init; } = true;
    }
}
