using KubeFed.Kubernetes.Client;

namespace KubeFed.Kubernetes.Text;

/// <summary>A file is not in the encoding that its byte order mark names, or without one, not in UTF-8.</summary>
public sealed class TextEncodingException : KubeException
{
    /// <param name="source">The file.</param>
    /// <param name="encoding">The encoding's name.</param>
    /// <param name="offset">Where in the file, in bytes from 0.</param>
    /// <param name="value">The first byte that can't be read; null where one is missing.</param>
    /// <param name="inner">What the decoder says.</param>
    public TextEncodingException(string source, string encoding, long offset, byte? value, Exception inner)
        : base($"{source}: the text is not {encoding}: {(value is null ? "it ends within a character" : $"byte 0x{value:X2}")} at offset {offset}.", inner)
    {
        Offset = offset;
        Remedy = "Save the file as UTF-8; UTF-16 and UTF-32 are read as well where a byte order mark says so.";
    }

    /// <summary>Where in the file, in bytes from 0.</summary>
    public long Offset { get; }
}
