using Rvp.Client;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.Cli.Selftest;

/// <summary>Who plays the scenarios, and over which servers.</summary>
internal sealed class SelftestRun(SelftestSubject subject)
{
    // A running server looks for new accounts several times a second.
    private static readonly TimeSpan UntilKnown = TimeSpan.FromSeconds(1);

    private readonly OwnListener own = new(subject.Settings);

    /// <summary>The only server to sign in at; null: each virtual server of this process that answers for its domain.</summary>
    public Uri? Through { get; init; }

    /// <summary>How notifications arrive.</summary>
    public required ConnectionMode Mode { get; init; }

    /// <summary>True: every server is found by DNS, as clients do.</summary>
    public bool IsByDns { get; init; }

    /// <summary>Two accounts that exist; null: temporary ones in each IM domain.</summary>
    public IReadOnlyList<(ImAddress Address, string Password)>? Pair { get; init; }

    /// <summary>Plays all scenarios over each route, and tells of each step. Throws <see cref="AccountException"/> where no accounts can be made.</summary>
    public async Task RunAsync(Action<SelftestStep> report, CancellationToken stop)
    {
        if (Pair is { } pair)
        {
            var domain = ImDomains.Of(subject.Settings).FindFor(pair[0].Address);
            foreach (var route in RoutesOf(domain)) await PlayAsync(route, pair, report, stop);
            return;
        }
        if (!subject.Users.Accounts.NeedsPassword)
            throw new AccountException("The people are in a directory, where this test makes nobody: name two of them with --pair.");
        foreach (var domain in ImDomains.Of(subject.Settings).All.Where(domain => domain.Homes.Count > 0))
        {
            await using var temporary = await TemporaryPeople.MakeAsync(subject.Users.Accounts, domain.Name, domain.ExampleMailDomain,
                [.. domain.Homes.Select(home => home.Name)], WallClock.OfMachine, stop);
            await Task.Delay(UntilKnown, WallClock.OfMachine, stop);
            foreach (var route in RoutesOf(domain)) await PlayAsync(route, temporary.People, report, stop);
        }
    }

    // A client begins at the server that DNS names for the domain: a router, or the only home server.
    private IEnumerable<Uri?> RoutesOf(ImDomain? domain)
    {
        if (Through is not null || IsByDns || domain is null) return [Through];
        return domain.Servers.Select(server => new Uri(server.PublicUrl));
    }

    private async Task PlayAsync(
        Uri? route, IReadOnlyList<(ImAddress Address, string Password)> people, Action<SelftestStep> report, CancellationToken stop)
    {
        await using var jo = ActorOf(people[0], route);
        await using var kari = ActorOf(people[1], route);
        await new Scenarios(route is null ? "By DNS" : $"At {route.Authority}", jo, kari, report).PlayAsync(stop);
    }

    private Actor ActorOf((ImAddress Address, string Password) person, Uri? route) => new(new RvpClientOptions
    {
        Address = person.Address,
        Password = person.Password,
        Server = route,
        Mode = Mode,
        Connect = IsByDns ? null : own.ConnectAsync,
        CallbackAddress = IsByDns ? null : own.Address,
        Clock = WallClock.OfMachine,
    });
}
