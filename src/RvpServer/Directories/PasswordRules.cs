using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using RvpServer.Configuration;

namespace RvpServer.Directories;

/// <summary>
/// Which passwords may be set. What is stored of them can be tried at home by a thief of store and keys, and guessers begin with the commonest.
/// </summary>
/// <param name="minLength">Characters of the shortest.</param>
/// <param name="history">How many passwords of an account must differ, the one in use among them.</param>
internal sealed class PasswordRules(int minLength, int history = 0)
{
    private const int MaxLength = 256;

    private static readonly FrozenSet<string> Common = ReadCommon();

    /// <summary>How many passwords of an account must differ, the one in use among them; 0: any may come back.</summary>
    public int History => history;

    /// <summary>The rules of a configuration.</summary>
    public static PasswordRules Of(AuthenticationOptions options) => new(options.MinPasswordLength, options.PasswordHistory);

    /// <summary>Throws <see cref="AccountException"/> with the reason if the account may not have this password.</summary>
    public void Check(Account account, [NotNull] string? password)
    {
        if (string.IsNullOrEmpty(password)) throw new AccountException("The password is empty.");
        if (password.Length > MaxLength) throw new AccountException($"The password is longer than {MaxLength} characters.");
        // Digest and NTLM accept any text; a text that cannot be typed is a mistake.
        if (password.Any(char.IsControl)) throw new AccountException("The password has a control character.");
        if (password.Length < minLength) throw new AccountException($"The password is shorter than {minLength} characters.");
        if (Common.Contains(password) || password.Length > 1 && password.All(c => c == password[0]))
            throw new AccountException("The password is one of the commonest, which are guessed first.");
        if (IsNameOf(account, password)) throw new AccountException("The password is the account's name or address.");
    }

    // With a number behind it is hardly better.
    private static bool IsNameOf(Account account, string password)
    {
        var core = password.TrimEnd("0123456789!.?-_".ToCharArray());
        return account.Addresses.Prepend(account.Name).Prepend(account.DisplayName)
            .SelectMany(text => new[] { text, text.Split('@')[0] })
            .Any(text => text.Equals(core, StringComparison.OrdinalIgnoreCase) || text.Equals(password, StringComparison.OrdinalIgnoreCase));
    }

    private static FrozenSet<string> ReadCommon()
    {
        using var reader = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
