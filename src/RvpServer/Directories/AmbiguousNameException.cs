namespace RvpServer.Directories;

/// <summary>The cause of a <see cref="DirectoryException"/> about one name only: the directory works, but contains that name twice.</summary>
internal sealed class AmbiguousNameException() : Exception("Two accounts have this name");
