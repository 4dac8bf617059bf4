using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace RvpServer.Tests.Http;

/// <summary>Keeps what the server's own parts log.</summary>
internal sealed class LogCollector : ILoggerProvider
{
    public ConcurrentQueue<(string? Event, LogLevel Level, string Message, Exception? Cause)> Events { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Collector(Events, categoryName.StartsWith("RvpServer", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Collector(ConcurrentQueue<(string?, LogLevel, string, Exception?)> events, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isOurs) events.Enqueue((eventId.Name, logLevel, formatter(state, exception), exception));
        }
    }
}
