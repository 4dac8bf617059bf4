using Microsoft.Extensions.Logging;

namespace RvpServer.Tests.Directories.Ldap;

/// <summary>What a part logged at Information and above, as an operator would read it.</summary>
internal sealed class LogLines : List<string>
{
    public ILogger<T> Of<T>() => new Logger<T>(this);

    private sealed class Logger<T>(LogLines lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add(formatter(state, exception));
        }
    }
}
