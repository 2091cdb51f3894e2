using Microsoft.Extensions.Logging;

namespace KubeFed.Host.Manager.Logging;

/// <summary>How log entries are written.</summary>
internal enum LogFormat
{
    /// <summary>A line for people.</summary>
    Text,

    /// <summary>A JSON object per line, for collectors.</summary>
    Json,
}

/// <summary>Writes log entries as lines, whole ones, to one writer.</summary>
internal sealed class LineLoggerProvider(TextWriter writer, LogFormat format, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(LogEntryText entry)
    {
        var line = format == LogFormat.Json ? entry.ToJson() : entry.ToString();
        lock (_lock)
        {
            writer.WriteLine(line);
            writer.Flush();
        }
    }

    private sealed class LineLogger(LineLoggerProvider owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Write(new LogEntryText(
                owner.Now, logLevel, category, formatter(state, exception), state as IEnumerable<KeyValuePair<string, object?>> ?? [], exception));
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
