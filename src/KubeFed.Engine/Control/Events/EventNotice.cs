using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control.Events;

/// <summary>The object an Event is about.</summary>
internal sealed record EventSubject(string ApiVersion, string Kind, ObjectKey Key, string Uid)
{
    public static EventSubject Of(ApiResource resource, KubeObject value) => new(resource.ApiVersion, resource.Kind, value.Key, value.Uid);
}

/// <summary>Something that is worth an Event, wherever it happens.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Component">Who says it; KubeFed's controllers had a name each (C-36, section 10 of its engine).</param>
/// <param name="IsWarning">Otherwise it is normal.</param>
/// <param name="Reason">One word, for machines.</param>
/// <param name="What">For people: what was done or tried.</param>
/// <param name="Why">For people: what went wrong; empty when nothing did.</param>
internal sealed record EventNotice(EventSubject Subject, string Component, bool IsWarning, string Reason, string What, string Why = "");
