using Microsoft.AspNetCore.HttpLogging;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>The W3C extended log of requests, which Exchange administrators know from Internet Information Services.</summary>
internal static class W3cLog
{
    // The framework drops unwritten lines when it is disposed, and blocks requests when 1,024 lines wait: write often.
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(100);

    private const int MaxFileBytes = 16 * 1024 * 1024;

    /// <summary>Registers the log; <c>UseW3CLogging</c> applies it. Only if it is enabled.</summary>
    public static IServiceCollection AddW3cLog(this IServiceCollection services, ProtocolLogOptions log) =>
        services.AddHostedService<Drain>().AddW3CLogging(options =>
        {
            FileModes.CreatePrivateFolder(log.Directory);
            options.LoggingFields = W3CLoggingFields.Date | W3CLoggingFields.Time | W3CLoggingFields.ClientIpAddress | W3CLoggingFields.UserName
                | W3CLoggingFields.ServerIpAddress | W3CLoggingFields.ServerPort | W3CLoggingFields.Method | W3CLoggingFields.UriStem
                | W3CLoggingFields.ProtocolStatus | W3CLoggingFields.TimeTaken | W3CLoggingFields.ProtocolVersion
                | W3CLoggingFields.Host | W3CLoggingFields.UserAgent;
            options.LogDirectory = log.Directory;
            options.FileName = "rvp-";
            options.FileSizeLimit = MaxFileBytes;
            options.RetainedFileCountLimit = log.RetainedFiles;
            options.FlushInterval = FlushInterval;
        });

    /// <summary>Delays the host between its stop and its disposal until the last lines are written.</summary>
    private sealed class Drain : IHostedLifecycleService
    {
        // Real time: the framework's writer uses no other clock.
        public Task StoppedAsync(CancellationToken cancellationToken) => Task.Delay(FlushInterval * 2.5, WallClock.OfMachine, CancellationToken.None);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
