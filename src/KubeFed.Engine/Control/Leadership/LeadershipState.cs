namespace KubeFed.Engine.Control.Leadership;

/// <summary>What a candidate knows of the leadership, at one moment.</summary>
/// <param name="Identity">The candidate's own.</param>
/// <param name="Leads">Whether it leads.</param>
/// <param name="Holder">Who holds the lease, as far as it knows; null when nobody does, or it could not look yet.</param>
/// <param name="SinceRenewal">How long ago its last renewal began; null when it does not lead.</param>
/// <param name="SinceAttempt">How long ago it last looked or renewed, with or without success; null before the first time.</param>
public sealed record LeadershipState(string Identity, bool Leads, string? Holder, TimeSpan? SinceRenewal, TimeSpan? SinceAttempt);
