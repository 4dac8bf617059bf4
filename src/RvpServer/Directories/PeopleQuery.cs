namespace RvpServer.Directories;

/// <summary>Which people of the directory; all conditions must hold, and those that are null do.</summary>
/// <remarks>The local directory knows <see cref="Text"/> and <see cref="Max"/> only; the rest is an <see cref="AccountException"/> there.</remarks>
internal sealed record PeopleQuery
{
    /// <summary>Part of the display name, the account name or an address, without case.</summary>
    public string? Text { get; init; }

    /// <summary>Only people whose account is in this IM domain; null: of any, and without account.</summary>
    public string? Domain { get; init; }

    /// <summary>Distinguished name or name of a group whose members they are; in Active Directory also through groups in the group.</summary>
    public string? Group { get; init; }

    /// <summary>Distinguished name of the unit they are in, at any depth.</summary>
    public string? Unit { get; init; }

    /// <summary>An LDAP filter, such as <c>(department=Sales)</c>.</summary>
    public string? Filter { get; init; }

    /// <summary>The largest number of people returned, from 1.</summary>
    public int Max { get; init; } = int.MaxValue;
}
