using Serilog;
using Serilog.Core;
using Serilog.Formatting.Compact;

namespace RvpServer.Admin;

/// <summary>The server's log, configured by Serilog's standard section <c>Serilog</c>, whose minimum levels may change while the server runs.</summary>
internal static class ServerLog
{
    /// <summary>A logger for <c>AddSerilog(logger, dispose: true)</c>. Throws what Serilog throws for an invalid section.</summary>
    public static Logger Create(IConfiguration configuration)
    {
        var log = new LoggerConfiguration().Enrich.FromLogContext();
        // Without appsettings.json an administrator must still see why a start failed.
        if (!configuration.GetSection("Serilog:WriteTo").GetChildren().Any()) log.WriteTo.Console(new RenderedCompactJsonFormatter());
        return log.ReadFrom.Configuration(configuration).CreateLogger();
    }
}
