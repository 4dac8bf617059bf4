using System.Collections.Immutable;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Administration;

/// <summary>
/// Enables many people whom an LDAP directory has. It may be run again at any time: who has an account is left alone, so it goes on where it was stopped.
/// </summary>
/// <param name="accounts">Where they are enabled.</param>
/// <param name="homes">Knows the home servers.</param>
/// <param name="home">Their home server; null: the domain's first.</param>
/// <param name="domain">Their IM domain; null: the only one, or that of their mail addresses.</param>
internal sealed class BulkEnabling(IAccounts accounts, UserHomes homes, string? home, string? domain)
{
    // Who gets which name in this run.
    private readonly Dictionary<(string Domain, string Name), string> taken = [];

    private readonly List<NewAccount> wanted = [];

    // Somebody may look while it runs.
    private ImmutableList<string> refused = [];

    /// <summary>Who is to be enabled.</summary>
    public IReadOnlyList<NewAccount> Wanted => wanted;

    /// <summary>Who is not, and why, a line each.</summary>
    public IReadOnlyList<string> Refused => refused;

    /// <summary>How many have an account already.</summary>
    public int Known { get; private set; }

    /// <summary>How many were enabled.</summary>
    public int Done { get; private set; }

    /// <summary>Looks who would be enabled, as what.</summary>
    /// <param name="query">Which people.</param>
    /// <param name="isPreview">Also asks whether the addresses are free, which otherwise shows when they are enabled.</param>
    /// <param name="stop">Stops it.</param>
    public async Task PlanAsync(PeopleQuery query, bool isPreview, CancellationToken stop)
    {
        var theirs = domain is null ? accounts : accounts.In(domain);
        await foreach (var person in theirs.FindPeopleAsync(query, stop)) await PlanAsync(person, isPreview, stop);
    }

    /// <summary>Throws <see cref="AccountException"/> if the home server of somebody is none.</summary>
    public async Task RequireHomesAsync(HomeSearch search, CancellationToken stop)
    {
        foreach (var name in wanted.Select(one => one.Home).Distinct().ToList()) await search.RequireAsync(name, stop);
    }

    /// <summary>Enables them, one by one. Throws <see cref="DirectoryException"/> where the directory is away; what is done stays.</summary>
    /// <param name="onEach">Called after each.</param>
    /// <param name="stop">Stops it.</param>
    public async Task RunAsync(Action onEach, CancellationToken stop)
    {
        foreach (var account in wanted)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                await accounts.AddAsync(account, stop);
                Done++;
            }
            catch (AccountException reason)
            {
                refused = refused.Add($"{account.Person}: {reason.Message}");
            }
            onEach();
        }
    }

    private async Task PlanAsync(DirectoryPerson person, bool isPreview, CancellationToken stop)
    {
        if (person.Account is { IsEnabled: true })
        {
            Known++;
            return;
        }
        try
        {
            var account = AccountOf(person);
            if (isPreview && await accounts.FindAsync(account.Address, account.Domain, stop) is { IsEnabled: true } other)
                throw new AccountException($"{account.Address} belongs to {other.DisplayName} already.");
            wanted.Add(account);
        }
        catch (AccountException reason)
        {
            refused = refused.Add($"{person.Id}: {reason.Message}");
        }
    }

    private NewAccount AccountOf(DirectoryPerson person)
    {
        if (person.Account is { } disabled) throw new AccountException($"The account is disabled: user enable {disabled.Email} serves it again.");
        if (person.IsDisabled) throw new AccountException("The directory has disabled this person, or let the person expire.");
        var (address, imDomain) = AddressOf(person);
        AccountRules.CheckName(imDomain.Name, address.Name);
        var name = (imDomain.Name, address.Name.ToUpperInvariant());
        if (taken.TryGetValue(name, out var other)) throw new AccountException($"The name {address.Name} goes to {other}.");
        var account = new NewAccount(imDomain.Name, address, null, homes.GetHome(imDomain.Name, home), null) { Person = person.Id };
        taken.Add(name, person.Id);
        return account;
    }

    // As Exchange did: the mail address, where it belongs to the IM domain; else the account name in the IM domain itself. [white paper]
    private (ImAddress Address, ImDomain Domain) AddressOf(DirectoryPerson person)
    {
        if (ImAddress.TryParse(person.Mail, out var mail) && homes.FindDomain(mail) is { } theirs
            && (domain is null || theirs.Equals(domain, StringComparison.OrdinalIgnoreCase))) return (mail, homes.GetDomain(mail));
        var imDomain = homes.GetDomain(domain);
        return ImAddress.TryParse(person.AccountName + "@" + imDomain.Name, out var own)
            ? (own, imDomain)
            : throw new AccountException($"There is neither a mail address of {imDomain.Name} nor an account name.");
    }
}
