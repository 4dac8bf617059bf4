using RvpServer.Directories;

namespace RvpServer.Cli;

/// <summary>Says where passwords that are set here hold, where that is not everywhere: people would be asked for them elsewhere in vain.</summary>
internal static class UserReach
{
    private const string Setting = "Rvp:Directory:Ldap:Attributes:Secrets";

    /// <summary>Warns if home servers of the account's domain, which ask for its password too, do not know one that is set on this machine.</summary>
    public static async Task WarnAsync(CommandContext<UserSubject> context, Account? account, CancellationToken stop)
    {
        var (accounts, homes) = (context.Subject.Accounts, context.Subject.Homes);
        if (account is null || !accounts.In(account.Domain).KeepsPasswordsHere) return;
        if (homes.IsElsewhere(account))
        {
            context.Error.WriteLine($"A password that is set here holds on this machine alone; {account.Email} is on {account.HomeServer}, "
                + $"where it has no effect. Set it on every home server of {account.Domain}, or let the directory keep it: {Setting}.");
        }
        else if ((await accounts.In(account.Domain).ListAsync(stop)).Any(other => other.Domain == account.Domain && homes.IsElsewhere(other)))
        {
            context.Error.WriteLine($"A password that is set here holds on this machine alone, and {account.Domain} has other home servers, "
                + $"which ask {account.Email} for it too. Set it on each of them, or let the directory keep it: {Setting}.");
        }
    }
}
