using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Directories;

/// <summary>
/// A number that differs between accounts and between the passwords of one account, and says nothing about them. Sign-ins, NTLM connections and web sessions
/// keep that of the password that was proven, and end when the account has another.
/// </summary>
internal static class PasswordStamp
{
    /// <summary>Another one for each password that is set; never 0, which stands for none.</summary>
    public static long New() => Number(RandomNumberGenerator.GetBytes(sizeof(long)));

    /// <summary>For secrets with which no stamp is kept.</summary>
    public static long Of(AccountSecrets secrets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("RvpServer.AccountSecrets"u8);
        if (secrets.NtHash is { } ntHash) hash.AppendData(ntHash);
        foreach (var (form, ha1) in secrets.Ha1.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(form));
            hash.AppendData(ha1);
        }
        return Number(hash.GetHashAndReset());
    }

    /// <summary>For an account with these secrets; null: only the directory itself can judge its password.</summary>
    public static long Of(Account account, AccountSecrets? secrets)
    {
        if (secrets is null) return Of(account, 0);
        if (secrets.LastStamped is { } last && ReferenceEquals(last.Account, account)) return last.Stamp;
        var stamp = Of(account, secrets.Stamp);
        secrets.LastStamped = new StampedAccount(account, stamp);
        return stamp;
    }

    /// <summary>The same for the stamp of the secrets alone.</summary>
    public static long Of(Account account, long secrets) =>
        Number(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(null, $"{account.Key}\n{account.PasswordMark}\n{secrets}"))));

    // 0 means that nothing is known.
    private static long Number(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadInt64BigEndian(hash) | 1;
}
