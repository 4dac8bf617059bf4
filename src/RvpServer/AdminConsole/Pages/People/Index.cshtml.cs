using Microsoft.AspNetCore.Http.Extensions;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages.People;

/// <summary>Finds accounts.</summary>
internal sealed class PeopleModel(AdminServices services, ImDomains domains, LiveAccounts live) : ConsolePage
{
    private const int Max = 50;

    /// <summary>An account in the list.</summary>
    internal sealed record Row(Account Account, string State);

    public string? Text { get; private set; }

    public string? Domain { get; private set; }

    public IReadOnlyList<Row> Found { get; private set; } = [];

    /// <summary>The path of the next part; null: this is the last.</summary>
    public string? More { get; private set; }

    /// <summary>The domains that this administrator may see.</summary>
    public IReadOnlyList<string> Domains => [.. domains.All.Select(domain => domain.Name).Where(name => Who.Has(AdminRole.ViewOnly, name))];

    public bool MayAdd => domains.All.Any(domain => MayChange(domain.Name));

    public async Task OnGetAsync(string? q, string? domain, string? behind, string? behindDomain, CancellationToken stop)
    {
        (Text, Domain) = (Typed(q), string.IsNullOrEmpty(domain) ? null : domain);
        if (Domain is not null) Who.Require(AdminRole.ViewOnly, Domain);
        var part = new AccountPart
        {
            Text = Text,
            Domains = Domain is null ? null : new HashSet<string>([Domain], StringComparer.OrdinalIgnoreCase),
            Behind = new(behindDomain ?? "", behind ?? ""),
            // One more says whether there are more.
            Max = Max + 1,
        };
        var found = await services.AccountsFor(Who).ReadPartAsync(part, stop);
        var shown = found.Take(Max).ToList();
        var signedIn = await live.FindSignedInAsync(shown, stop);
        Found = [.. shown.Select(account => new Row(account, !account.IsEnabled ? "disabled" : signedIn.Contains(account) ? "online" : "offline"))];
        if (found.Count <= Max) return;
        var last = Found[^1].Account;
        var next = new QueryBuilder { { "behindDomain", last.Domain }, { "behind", last.Name } };
        if (Text is not null) next.Add("q", Text);
        if (Domain is not null) next.Add("domain", Domain);
        More = "/people" + next.ToQueryString();
    }
}
