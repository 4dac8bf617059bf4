using Microsoft.Extensions.Primitives;
using RvpServer.Runtime;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace RvpServer.Admin;

/// <summary>
/// The server's log, configured by Serilog's standard section <c>Serilog</c>, whose minimum levels may change while the server runs. Whatever it is written
/// to, nobody waits for it: <see cref="SinkQueue"/>.
/// </summary>
internal static class ServerLog
{
    private const string Section = "Serilog";

    // Says that requests begin and end, as the protocol log does. Where it may say anything at all, every request gets an activity, a scope and an execution
    // context: a tenth of the cost of a referral. Whoever names it in the section has it back.
    private const string RequestDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>Makes it the log of all parts. Throws what Serilog throws for an invalid section.</summary>
    public static IServiceCollection AddServerLog(this IServiceCollection services, IConfiguration configuration)
    {
        var recent = new RecentLog();
        var sinks = QueueOf(configuration, recent);
        return services.AddSerilog(Create(configuration, sinks), dispose: true).AddSingleton(sinks).AddSingleton(recent);
    }

    /// <summary>Counts what the log loses.</summary>
    public static void CountLosses(IServiceProvider services) =>
        services.GetService<SinkQueue>()?.CountIn(services.GetRequiredService<LogMetrics>());

    /// <summary>The logger alone.</summary>
    public static Logger Create(IConfiguration configuration) => Create(configuration, QueueOf(configuration));

    // What is to be logged is decided by the caller, with its context.
    private static Logger Create(IConfiguration configuration, SinkQueue sinks) =>
        new LoggerConfiguration().Enrich.FromLogContext().MinimumLevel.Override(RequestDiagnostics, LevelAlias.Off)
            .MinimumLevel.Override("Orleans", LogEventLevel.Warning).MinimumLevel.Override("Polly", LogEventLevel.Warning).Filter.ByExcluding(IsToldByExit)
            .ReadFrom.Configuration(Without(configuration, "WriteTo")).WriteTo.Sink(sinks).CreateLogger();

    // Why a start has failed is one line on standard error; the framework would tell it three times more, with the way through its code.
    private static bool IsToldByExit(LogEvent line) =>
        line.Exception is not null && line.Properties.GetValueOrDefault("EventId") is StructureValue id && id.ToString().Contains(
            "HostedServiceStartupFaulted", StringComparison.Ordinal);

    private static SinkQueue QueueOf(IConfiguration configuration, RecentLog? recent = null)
    {
        var log = new LoggerConfiguration();
        if (recent is not null) log.WriteTo.Sink(recent);
        if (!configuration.GetSection(Section + ":WriteTo").GetChildren().Any()) log.WriteTo.Console(ConsoleLine.ForThisProcess());
        return new SinkQueue(log.ReadFrom.Configuration(Without(configuration, "MinimumLevel", "Enrich", "AuditTo")).MinimumLevel.Verbose().CreateLogger());
    }

    private static ConfigurationRoot Without(IConfiguration whole, params string[] hidden) => new([new Part(whole, hidden)]);

    /// <summary>The section but for some of its keys; it changes with the whole.</summary>
    private sealed class Part : ConfigurationProvider
    {
        private readonly IConfiguration whole;
        private readonly string[] hidden;

        public Part(IConfiguration whole, string[] hidden)
        {
            (this.whole, this.hidden) = (whole, hidden);
            ChangeToken.OnChange(whole.GetReloadToken, () =>
            {
                Load();
                OnReload();
            });
        }

        public override void Load() => Data = whole.GetSection(Section).AsEnumerable().Where(entry => !IsHidden(entry.Key))
            .ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);

        private bool IsHidden(string key) => Array.Exists(hidden, part => $"{key}:".StartsWith($"{Section}:{part}:", StringComparison.OrdinalIgnoreCase));
    }
}
