using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rvp.Testing;

/// <summary>A log entry.</summary>
/// <param name="Event">The event's name; null where it has none.</param>
/// <param name="Level">How serious it is.</param>
/// <param name="Message">What an operator reads.</param>
/// <param name="Cause">The exception; null where there is none.</param>
internal sealed record LogEntry(string? Event, LogLevel Level, string Message, Exception? Cause);

/// <summary>Keeps what the server's parts log.</summary>
internal sealed class LogCollector
{
    private readonly ConcurrentQueue<LogEntry> entries = [];

    /// <summary>All of it, in order.</summary>
    public IReadOnlyList<LogEntry> Entries => [.. entries];

    /// <summary>What an operator would read: at Information and above.</summary>
    public IReadOnlyList<string> Lines => [.. entries.Where(entry => entry.Level >= LogLevel.Information).Select(entry => entry.Message)];

    /// <summary>A logger for one part.</summary>
    public ILogger<T> Of<T>() => new Logger<T>(this);

    /// <summary>For a host: takes what the server's own parts log, and nothing of the framework's.</summary>
    public ILoggerProvider MakeProvider() => new Provider(this);

    /// <summary>Has a host write its log here.</summary>
    public void Into(IServiceCollection services) =>
        services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(MakeProvider())));

    public void Clear() => entries.Clear();

    private sealed class Provider(LogCollector collector) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) =>
            new Logger<LogCollector>(categoryName.StartsWith("RvpServer", StringComparison.Ordinal) ? collector : null);

        public void Dispose()
        {
        }
    }

    private sealed class Logger<T>(LogCollector? collector) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => collector is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            collector?.entries.Enqueue(new LogEntry(eventId.Name, logLevel, formatter(state, exception), exception));
    }
}
