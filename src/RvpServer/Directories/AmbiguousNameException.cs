namespace RvpServer.Directories;

/// <summary>The cause of a <see cref="DirectoryException"/> that is about one name only: the directory works, but holds that name twice.</summary>
internal sealed class AmbiguousNameException() : Exception("Two accounts have this name");
