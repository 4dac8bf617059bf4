namespace RvpServer.Administration;

/// <summary>An administrator's role does not go as far as what was asked for; the message says which would.</summary>
internal sealed class NotAllowedException(string message) : Exception(message);
