namespace KubeFed.TestSupport.Wire;

/// <summary>What goes wrong between a client and an API server.</summary>
public enum WireFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The answer comes, but late.</summary>
    Delay,

    /// <summary>The connection is closed before there is an answer.</summary>
    Drop,

    /// <summary>The request is taken and never answered; the connection stays open.</summary>
    Silence,

    /// <summary>The connection is reset in the middle of the body.</summary>
    ResetMidBody,

    /// <summary>The body ends as if it were complete, in the middle of a line.</summary>
    TruncatedLine,

    /// <summary>A part of the body comes byte by byte.</summary>
    SlowBody,

    /// <summary>The body comes byte by byte, and so slowly that it never ends.</summary>
    EndlessBody,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>503 without Retry-After.</summary>
    Unavailable,

    /// <summary>410 Expired, as the status of the answer.</summary>
    Gone,

    /// <summary>410 Expired, as an event within a watch.</summary>
    GoneEvent,
}
