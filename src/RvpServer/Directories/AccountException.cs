namespace RvpServer.Directories;

/// <summary>An account operation that is not possible; the message is one line for the administrator.</summary>
internal sealed class AccountException(string message, Exception? cause = null) : Exception(message, cause);
