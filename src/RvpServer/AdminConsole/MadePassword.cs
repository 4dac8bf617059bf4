using System.Security.Cryptography;

namespace RvpServer.AdminConsole;

/// <summary>Passwords for people who will choose their own.</summary>
internal static class MadePassword
{
    // Without letters and digits that look alike: it is read out on the telephone.
    private const string Signs = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    // 93 bits.
    private const int Length = 16;

    /// <summary>Another one each time.</summary>
    public static string Next() => RandomNumberGenerator.GetString(Signs, Length);
}
