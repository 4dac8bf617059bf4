using Microsoft.AspNetCore.Mvc;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Cluster;
using RvpServer.Configuration;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.AdminConsole.Pages;

/// <summary>The processes that are this home server, and which has how many shards; drains and fills them.</summary>
internal sealed class ClusterModel(RvpSettings settings, IDatabase database, AdminServices services) : ConsolePage
{
    public ClusterStatus Status { get; private set; } = null!;

    /// <summary>The process that shows the page.</summary>
    public Guid? Own => (database as PostgresDatabase)?.Process;

    public bool MayDrain => Who.Has(AdminRole.FullAdministrator, domain: null);

    public async Task<IActionResult> OnGetAsync(CancellationToken stop)
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        if (!settings.Cluster.Enabled) return NotFound();
        Status = await ClusterStatus.ReadAsync(database, stop);
        return Page();
    }

    public async Task<IActionResult> OnPostDrainAsync(string? name, CancellationToken stop)
    {
        var process = await SetAsync(name, isDrained: true, stop);
        return Tell($"{process.Name} gives its shards to the others.");
    }

    public async Task<IActionResult> OnPostFillAsync(string? name, CancellationToken stop)
    {
        var process = await SetAsync(name, isDrained: false, stop);
        return Tell($"{process.Name} takes its share again.");
    }

    private Task<ClusterProcess> SetAsync(string? name, bool isDrained, CancellationToken stop) =>
        new ClusterDrain(database, services.Audit, Who).SetAsync(name ?? "", isDrained, stop);
}
