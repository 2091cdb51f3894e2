using KubeFed.Kubernetes.Objects;

namespace KubeFed.Engine.Control;

/// <summary>A resource to be looked at.</summary>
internal readonly record struct WorkKey(string Type, ObjectKey Key);
