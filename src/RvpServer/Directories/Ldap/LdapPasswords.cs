using Rvp.Ldap;
using RvpServer.Configuration;
using RvpServer.Directories.Local;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Where a password that is set here goes: into the person's entry, for all home servers, if the configuration names an attribute for it; else into the store
/// of this machine.
/// </summary>
internal sealed class LdapPasswords(LdapEntries entries, LdapAccountSettings settings, OwnPasswords own)
{
    private readonly LdapAttributeOptions names = settings.Attributes;

    /// <summary>Whether one that is set here is for all home servers.</summary>
    public bool AreShared => settings.Secrets is not null;

    /// <summary>Sets or replaces it.</summary>
    public async Task SetAsync(LdapEntry entry, Account account, AccountSecrets secrets, CancellationToken stop)
    {
        if (settings.Secrets is not { } shared)
        {
            await own.SetAsync(account, secrets, stop);
            return;
        }
        await entries.ChangeAsync(entry.Dn, [new(names.Secrets!, [shared.Seal(account, secrets)])], stop);
        // One of before would count again if the directory lost the new one.
        await own.ForgetAsync(account, stop);
    }

    /// <summary>Whether the account has one that was set here.</summary>
    public async Task<bool> HasAsync(LdapEntry entry, Account account, CancellationToken stop)
    {
        if (names.Secrets is not { } attribute) return await own.HasAsync(account, stop);
        var found = await entries.FindAsync(entry.Dn, LdapFilter.Present(attribute), [attribute], stop);
        return found?.Text(attribute) is { } text && settings.Secrets!.TryOpen(account, text, out _);
    }
}
