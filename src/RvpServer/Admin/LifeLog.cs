using RvpServer.Configuration;

namespace RvpServer.Admin;

/// <summary>The first lines of the log after a start, and the last of it.</summary>
internal static partial class LifeLog
{
    /// <summary>The server serves: a line for each virtual server.</summary>
    public static void Started(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<RvpSettings>();
        var places = string.Join(", ", settings.Urls.Count > 0
            ? settings.Urls.Select(url => url.ToString())
            : app.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? endpoint.Key));
        foreach (var server in settings.VirtualServers)
        {
            var names = string.Join(", ", server.HostNames);
            Log.ServerStarted(app.Logger, server.Role, server.Name, server.Domain, names, places);
        }
        if (settings.Admin.Url is { } admin) Log.AdminStarted(app.Logger, admin);
        if (settings.IsAdminOpen) Log.AdminOpen(app.Logger, settings.Admin.Url);
    }

    /// <summary>The server stops, since it was told to.</summary>
    public static void Stopping(WebApplication app) => Log.Stopping(app.Logger);

    /// <summary>The server ends, and not all that it is has ended.</summary>
    public static void GivenUp(WebApplication app) => Log.GivenUp(app.Logger);

    private static partial class Log
    {
        [LoggerMessage(EventName = "VirtualServerStarted", Level = LogLevel.Information,
            Message = "{Role} server {Name} of {Domain} answers to {HostNames} at {Places}")]
        public static partial void ServerStarted(ILogger logger, Role role, string name, string domain, string hostNames, string places);

        [LoggerMessage(EventName = "AdminStarted", Level = LogLevel.Information, Message = "The console, health and metrics are at {Url}")]
        public static partial void AdminStarted(ILogger logger, Uri url);

        [LoggerMessage(EventName = "AdminOpen", Level = LogLevel.Warning,
            Message = "Other machines can reach Rvp:Admin:Url {Url}: health and metrics need no password there; is that meant?")]
        public static partial void AdminOpen(ILogger logger, Uri? url);

        [LoggerMessage(EventName = "Stopping", Level = LogLevel.Information, Message = "The server stops")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(EventName = "StoppingGivenUp", Level = LogLevel.Warning,
            Message = "The server ends though parts of it still wait, such as for a database that keeps silent: as a crash would, it loses nothing promised")]
        public static partial void GivenUp(ILogger logger);
    }
}
