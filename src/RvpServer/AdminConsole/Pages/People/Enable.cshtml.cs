using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages.People;

/// <summary>Enables one person in two steps: who, then a summary to be confirmed.</summary>
internal sealed class EnableModel(
    AdminServices services, UserHomes homes, ImDomains domains, HomeSearch search, IKeepsAccounts kept, RvpSettings settings) : ConsolePage
{
    private const int MaxPeople = 20;

    /// <summary>True if the directory knows people who have no account.</summary>
    public bool HasPeople => settings.Directories.Any(directory => directory.Options.Provider == DirectoryProvider.Ldap);

    public bool NeedsPassword => services.AccountsFor(Who).NeedsPassword;

    public string? Text { get; private set; }

    public IReadOnlyList<DirectoryPerson> People { get; private set; } = [];

    public string? Address { get; private set; }

    public string? Display { get; private set; }

    public string? Person { get; private set; }

    public string? Home { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>What the summary is about; null in step 1.</summary>
    public NewAccount? Wanted { get; private set; }

    /// <summary>The new account; null before.</summary>
    public Account? Enabled { get; private set; }

    /// <summary>The password that was made for it.</summary>
    public string? Made { get; private set; }

    public string LogicalUrl { get; private set; } = "";

    public IEnumerable<string> Homes => domains.All.Where(domain => MayChange(domain.Name)).SelectMany(domain => domain.Homes).Select(home => home.Name);

    /// <summary>Step 1 with what was typed.</summary>
    public string Back => PathWith(Address, Display, Person, Home, step: null);

    /// <summary>The summary for a person of the directory.</summary>
    public string PathFor(DirectoryPerson person) =>
        PathWith(person.Mail ?? (person.AccountName.Length > 0 ? $"{person.AccountName}@{domains.All[0].Name}" : null), null, person.Id, null, step: "2");

    public async Task OnGetAsync(string? q, string? address, string? display, string? person, string? home, string? domain, int step, CancellationToken stop)
    {
        RequireSome();
        (Text, Address, Display, Person, Home) = (Typed(q), Typed(address), Typed(display), Typed(person), Typed(home));
        if (HasPeople && Text is not null)
        {
            await foreach (var found in services.AccountsFor(Who).FindPeopleAsync(new PeopleQuery { Text = Text, Max = MaxPeople }, stop))
                People = [.. People, found];
        }
        if (step == 2) await PlanAsync(domain, stop);
    }

    public async Task<IActionResult> OnPostAsync(
        string? address, string? display, string? person, string? home, string? domain, string? password, CancellationToken stop)
    {
        RequireSome();
        (Address, Display, Person, Home) = (Typed(address), Typed(display), Typed(person), Typed(home));
        try
        {
            var wanted = Plan(domain);
            var accounts = services.AccountsFor(Who);
            Made = string.IsNullOrEmpty(password) && accounts.NeedsPassword ? MadePassword.Next() : null;
            Enabled = await accounts.AddAsync(wanted with { Password = Made ?? (string.IsNullOrEmpty(password) ? null : password) }, stop);
        }
        catch (Exception failure) when (failure is AccountException or ApiRefusal)
        {
            Problem = failure.Message;
            return Page();
        }
        await kept.SeeAsync(stop);
        LogicalUrl = homes.LogicalUrl(Enabled).Spelling;
        return Page();
    }

    private async Task PlanAsync(string? domain, CancellationToken stop)
    {
        try
        {
            var wanted = Plan(domain);
            Who.Require(AdminRole.Administrator, wanted.Domain);
            AccountRules.CheckName(wanted.Domain, wanted.Address.Name);
            await search.RequireAsync(wanted.Home, stop);
            if (await services.AccountsFor(Who).FindAsync(wanted.Address, wanted.Domain, stop) is { } known)
                throw new AccountException($"{known.DisplayName} has an account: {known.Email}{(known.IsEnabled ? "" : ", which is disabled")}.");
            LogicalUrl = homes.LogicalUrl(wanted.ToAccount()).Spelling;
            Wanted = wanted;
        }
        catch (Exception failure) when (failure is AccountException or ApiRefusal)
        {
            Problem = failure.Message;
        }
    }

    private NewAccount Plan(string? domain)
    {
        var parsed = AccountApi.AddressOf(Address ?? "");
        var imDomain = homes.GetDomain(parsed, Typed(domain)).Name;
        return new NewAccount(imDomain, parsed, Display, homes.GetHome(imDomain, Home), null) { Person = Person };
    }

    private void RequireSome()
    {
        if (!domains.All.Any(domain => MayChange(domain.Name))) Who.Require(AdminRole.Administrator, domain: null);
    }

    private static string PathWith(string? address, string? display, string? person, string? home, string? step)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in new[] { ("address", address), ("display", display), ("person", person), ("home", home), ("step", step) })
            if (value is not null) query.Add(name, value);
        return "/people/enable" + query.ToQueryString();
    }
}
