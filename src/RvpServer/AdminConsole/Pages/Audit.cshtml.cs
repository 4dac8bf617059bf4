using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using RvpServer.Administration;

namespace RvpServer.AdminConsole.Pages;

/// <summary>What administrators did, the newest first.</summary>
internal sealed class AuditModel(AdminServices services) : ConsolePage
{
    private const int Max = 50;

    public string? By { get; private set; }

    public string? Target { get; private set; }

    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];

    /// <summary>The path of the next part; null: this is the last.</summary>
    public string? More { get; private set; }

    public async Task OnGetAsync(string? who, string? target, long? before, CancellationToken stop)
    {
        (By, Target) = (Typed(who), Typed(target));
        // One more says whether there are more.
        var query = new AuditQuery { Who = By, Target = Target, Before = before ?? long.MaxValue, Max = Max + 1 };
        var found = await services.AuditFor(Who).ReadAsync(query, stop);
        Entries = [.. found.Take(Max)];
        if (found.Count <= Max) return;
        var next = new QueryBuilder { { "before", Entries[^1].Id.ToString(CultureInfo.InvariantCulture) } };
        if (By is not null) next.Add("who", By);
        if (Target is not null) next.Add("target", Target);
        More = "/audit" + next.ToQueryString();
    }
}
