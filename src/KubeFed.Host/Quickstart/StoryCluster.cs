using KubeFed.Kubernetes.Config;

namespace KubeFed.Host.Quickstart;

/// <summary>One cluster the story is told on.</summary>
/// <param name="Name">What the federation calls it.</param>
/// <param name="Admin">An administrator's connection.</param>
public sealed record StoryCluster(string Name, ConnectionSettings Admin);
