namespace RvpServer.Administration;

/// <summary>What somebody may do; each role may also do what those before it may. The numbers are stored. [white paper]</summary>
internal enum AdminRole
{
    /// <summary>Sees everything, changes nothing.</summary>
    ViewOnly = 1,

    /// <summary>Changes accounts, too.</summary>
    Administrator = 2,

    /// <summary>Gives and takes roles, too.</summary>
    FullAdministrator = 3,
}

/// <summary>The words for roles, on the command line and in the API.</summary>
internal static class AdminRoles
{
    /// <summary>All words, for messages.</summary>
    public const string Words = "view, administrator or full";

    /// <summary>The word of a role.</summary>
    public static string Word(this AdminRole role) => role switch
    {
        AdminRole.ViewOnly => "view",
        AdminRole.Administrator => "administrator",
        _ => "full",
    };

    /// <summary>The role's name, as people say it.</summary>
    public static string Name(this AdminRole role) => role switch
    {
        AdminRole.ViewOnly => "View Only",
        AdminRole.Administrator => "Administrator",
        _ => "Full Administrator",
    };

    /// <summary>The role of a word; null for any other text.</summary>
    public static AdminRole? Of(string word) => Enum.GetValues<AdminRole>().Cast<AdminRole?>()
        .FirstOrDefault(role => role!.Value.Word().Equals(word, StringComparison.OrdinalIgnoreCase));
}
