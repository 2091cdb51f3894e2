namespace KubeFed.TestSupport.Servers;

/// <summary>A real server did not come up; the message ends with the last lines of its log.</summary>
public sealed class ServerStartException(string message) : Exception(message);
