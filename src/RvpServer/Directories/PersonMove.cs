using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>Has a person's present home server send the person, with all that is theirs, to another. Throws <see cref="AccountException"/>.</summary>
internal delegate Task SendPerson(Account account, HostAndPort from, HostAndPort to, CancellationToken stop);

/// <summary>
/// Gives an account another home server. Between two of one process that is a word in the directory; to or from another process the person moves first, and
/// the directory is told afterwards.
/// </summary>
internal sealed class PersonMove(IAccounts accounts, ImDomains domains, SendPerson send)
{
    /// <summary>Why people do not move to another server.</summary>
    public const string NoKey = "People move to another server only where both hold one key, so that nothing of theirs is lost: make one with "
        + "\"rvpserver key new FILE\", copy it to both, and name it in Rvp:OrganisationKeyFile.";

    /// <summary>Does it. Throws <see cref="AccountException"/>.</summary>
    public async Task MoveAsync(Account account, string? home, CancellationToken stop)
    {
        var domain = domains.FindByName(account.Domain) ?? throw new AccountException($"{account.Domain} is not configured here.");
        var (from, to) = (domain.LocationOf(account.HomeServer), domain.LocationOf(home));
        if (PlaceOf(from) is { } old && PlaceOf(to) is { } other && old != other && (from is NodeLocation.AtHome || to is NodeLocation.AtHome))
        {
            // Where the directory may not be written, this is the time to hear it.
            await accounts.MoveAsync(account, account.HomeServer, stop);
            await send(account, old, other, stop);
        }
        await accounts.MoveAsync(account, home, stop);
    }

    private static HostAndPort? PlaceOf(NodeLocation location) => location switch
    {
        NodeLocation.Here here => here.Server.PublicHost,
        NodeLocation.AtHome away => away.Host,
        _ => null,
    };
}
