namespace KubeFed.Engine.Control.Leadership;

/// <summary>
/// A point in time by both clocks of this machine: the monotonic one, which nobody can set and which may stand still while the machine is suspended, and the
/// wall clock, which goes on. More time is taken to have passed than either says alone, so that a leader never thinks that it has longer than it has.
/// </summary>
/// <param name="Timestamp">Of the monotonic clock.</param>
/// <param name="Wall">Of the wall clock.</param>
internal readonly record struct Moment(long Timestamp, DateTimeOffset Wall)
{
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public TimeSpan Passed(TimeProvider time)
    {
        var (steady, wall) = (time.GetElapsedTime(Timestamp), time.GetUtcNow() - Wall);
        return steady > wall ? steady : wall;
    }
}
