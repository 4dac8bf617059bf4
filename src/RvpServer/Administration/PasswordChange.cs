using System.Net;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Administration;

/// <summary>People change their own passwords; the old one proves who they are, and the audit log has it.</summary>
internal sealed class PasswordChange(Authenticator authenticator, IAccounts accounts, AdminServices admin, IKeepsAccounts kept)
{
    /// <summary>
    /// Changes it and gives the proof of the new one, or what was wrong with the old one. Throws <see cref="AccountException"/> if the new one is refused, or
    /// if the directory itself has the password. Sign-ins with the old password end.
    /// </summary>
    public async Task<AuthenticationResult> ChangeAsync(
        VirtualServer server, string address, string old, string wanted, IPAddress from, CancellationToken stop)
    {
        var proof = await authenticator.ProvePasswordAsync(server, address, old, from, stop);
        if (proof is not AuthenticationResult.Proven { Account: var account }) return proof;
        if (old == wanted) throw new AccountException("The new password is the old one.");
        if (accounts.In(account.Domain) is { NeedsPassword: false, KeepsPasswordsHere: true } && !await admin.HasOwnPasswordAsync(account))
            throw new AccountException("Your password is that of your organisation's directory: change it there.");
        await admin.ChangeOwnPasswordAsync(account, wanted, from, stop);
        await kept.LookAsync(stop);
        return await authenticator.ProvePasswordAsync(server, address, wanted, from, stop);
    }
}
