namespace RvpServer.Administration;

/// <summary>Who has a role. The numbers are stored.</summary>
internal enum GrantKind
{
    Account = 1,
    Group = 2,
}

/// <summary>A role that was given.</summary>
/// <param name="Kind">To an account or to a group.</param>
/// <param name="Subject">
/// The account's <see cref="Directories.Account.Key"/>, so that a later account of that name has no role; or the group's name in upper case.
/// </param>
/// <param name="Name">The address, or the group's distinguished name.</param>
/// <param name="Domain">The IM domain it is for; null: the whole installation.</param>
/// <param name="Role">The role.</param>
/// <param name="GrantedAt">When, by the clock on the wall.</param>
internal sealed record RoleGrant(GrantKind Kind, string Subject, string Name, string? Domain, AdminRole Role, DateTimeOffset GrantedAt);
