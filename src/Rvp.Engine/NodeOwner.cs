namespace Rvp.Engine;

/// <summary>What the directory says about a node's owner.</summary>
/// <param name="DisplayName">Display name, until the owner sets another.</param>
/// <param name="Email">Primary IM address.</param>
/// <param name="AccountId">Stays the same when the account gets another name, and never comes back for another account; empty if there are no ids.</param>
public sealed record NodeOwner(string DisplayName, string Email, string AccountId = "");
