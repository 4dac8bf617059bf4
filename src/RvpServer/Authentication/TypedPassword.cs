using System.Security.Cryptography;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>Compares a password itself with what an account keeps of its own.</summary>
internal static class TypedPassword
{
    /// <summary>True where the password is the account's; by its NT hash, else by any one HA1, which all cover the same password.</summary>
    public static bool IsRight(AccountSecrets secrets, string realm, string password)
    {
        if (secrets.NtHash is { } hash) return CryptographicOperations.FixedTimeEquals(hash, NtHash.Of(password));
        foreach (var (form, ha1) in secrets.Ha1) return CryptographicOperations.FixedTimeEquals(ha1, DigestProof.Ha1(form, realm, password));
        return false;
    }
}
