using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Where accounts are looked up, and whether it answers.</summary>
internal sealed class DirectoryModel(RvpSettings settings, AdminServices services, HealthCheckService health) : ConsolePage
{
    private const int MaxPeople = 20;

    /// <summary>Each with its IM domains.</summary>
    public IReadOnlyList<DirectorySettings> Directories => settings.Directories;

    public bool HasPeople => Directories.Any(directory => directory.Options.Provider == DirectoryProvider.Ldap);

    /// <summary>Why it does not answer; null: it does.</summary>
    public string? Wrong { get; private set; }

    public string? Text { get; private set; }

    public IReadOnlyList<DirectoryPerson> Found { get; private set; } = [];

    public async Task OnGetAsync(string? q, CancellationToken stop)
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        var report = await health.CheckHealthAsync(check => check.Name.Contains("directory", StringComparison.OrdinalIgnoreCase), stop);
        Wrong = report.Entries.Values.Where(part => part.Status != HealthStatus.Healthy).Select(part => part.Description ?? "no answer").FirstOrDefault();
        Text = Typed(q);
        if (!HasPeople || Text is null || Wrong is not null) return;
        var query = new PeopleQuery { Text = Text, Max = MaxPeople };
        await foreach (var person in services.AccountsFor(Who).FindPeopleAsync(query, stop)) Found = [.. Found, person];
    }
}
