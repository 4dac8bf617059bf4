using System.Security.Cryptography;
using System.Text;
using RvpServer.Directories;

namespace RvpServer.Administration;

/// <summary>Tells one state of an account from another: who changes it may say which state they have seen.</summary>
internal static class AccountVersion
{
    /// <summary>The version of an account as it is; changes with everything but the password.</summary>
    public static string Of(Account account)
    {
        var text = string.Join('\n', account.Addresses.Prepend(account.IsEnabled ? "1" : "0").Prepend(account.HomeServer ?? "").Prepend(account.DisplayName)
            .Prepend(account.Key));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }
}

/// <summary>The account is not as the administrator has seen it: somebody else was faster.</summary>
/// <param name="now">As it is; null: it is gone.</param>
/// <param name="change">What the audit log says last of it; null: nothing.</param>
internal sealed class ChangedMeanwhileException(Account? now, AuditEntry? change) : Exception(TextOf(change))
{
    public Account? Now { get; } = now;

    public AuditEntry? Change { get; } = change;

    private static string TextOf(AuditEntry? change) => change is null
        ? "The account has changed since you read it."
        : $"The account has changed since you read it: {change.Action} by {change.Who}"
            + (change.After is { } after ? $", {change.Before ?? "nothing"} became {after}." : ".");
}
