using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.AdminConsole.Pages;

/// <summary>How the server is: figures that the page's script asks for while somebody looks at it.</summary>
internal sealed class OverviewModel(RvpSettings settings, HealthCheckService health, PrometheusText metrics, WallClock wall) : ConsolePage
{
    private static readonly string[] Measured =
    [
        "rvp_signed_in", "rvp_requests_total", "rvp_messages_total", "rvp_notifications_total", "rvp_queued_receivers", "process_cpu_seconds_total",
        "process_resident_memory_bytes",
    ];

    /// <summary>A figure that is drawn.</summary>
    /// <param name="Name">As <see cref="OnGetLive"/> names it.</param>
    /// <param name="Kind">rate: the growth in a second is shown; percent: the same, times 100; mebibytes; value.</param>
    /// <param name="Title">What it is.</param>
    /// <param name="Unit">In what it is measured.</param>
    internal sealed record Plot(string Name, string Kind, string Title, string Unit);

    /// <summary>A part that the server needs.</summary>
    internal sealed record Part(string Name, bool IsReady, string Text);

    public static IReadOnlyList<Plot> Plots { get; } =
    [
        new("rvp_signed_in", "value", "Signed in", "people"), new("rvp_requests_total", "rate", "Requests", "a second"),
        new("rvp_messages_total", "rate", "Messages", "a second"), new("rvp_notifications_total", "rate", "Notifications", "a second"),
        new("rvp_queued_receivers", "value", "Waiting to be sent to", "receivers"), new("process_cpu_seconds_total", "percent", "Processor", "% of one"),
        new("process_resident_memory_bytes", "mebibytes", "Memory", "MiB"),
    ];

    public static string Version => typeof(OverviewModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public IReadOnlyList<VirtualServer> Servers => [.. settings.VirtualServers.Where(server => Who.Has(AdminRole.ViewOnly, server.Domain))];

    public IReadOnlyList<Part> Parts { get; private set; } = [];

    public DateTimeOffset Now => wall.Now;

    public async Task OnGetAsync(CancellationToken stop)
    {
        if (!SeesAll) return;
        var report = await health.CheckHealthAsync(stop);
        Parts =
        [
            .. report.Entries.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => new Part(
                part.Key, part.Value.Status == HealthStatus.Healthy, part.Value.Description ?? "")),
        ];
    }

    public JsonResult OnGetLive()
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        return new JsonResult(metrics.SumsOf(Measured));
    }
}
