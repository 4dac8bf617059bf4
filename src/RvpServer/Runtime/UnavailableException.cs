namespace RvpServer.Runtime;

/// <summary>
/// Something that the server depends on, its store or its directory, does not answer at the moment. Trying again later may help; strangers get 503 without the
/// message, which is for the log.
/// </summary>
internal abstract class UnavailableException(string message, Exception? cause) : Exception(message, cause);
