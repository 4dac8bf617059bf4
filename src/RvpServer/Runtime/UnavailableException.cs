namespace RvpServer.Runtime;

/// <summary>
/// Something that the server depends on does not answer at the moment: its store, its directory. Worth another try later; strangers hear 503 and
/// nothing of the message, which is for the log.
/// </summary>
internal abstract class UnavailableException(string message, Exception? cause) : Exception(message, cause);
