using System.Buffers;
using System.Text;

namespace KubeFed.Sandbox.Describing;

/// <summary>Writes the few shapes of Protocol Buffers that a document needs: strings, flags, and messages within messages.</summary>
/// <remarks>protobuf.dev, "Encoding": varints, and length-delimited fields (wire type 2).</remarks>
internal sealed class ProtobufWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>An absent text is left out.</summary>
    public ProtobufWriter Text(int field, string? text)
    {
        if (text is not null)
        {
            Bytes(field, Encoding.UTF8.GetBytes(text));
        }

        return this;
    }

    /// <summary>False is the default, and left out.</summary>
    public ProtobufWriter Flag(int field, bool value)
    {
        if (value)
        {
            Varint((uint)field << 3);
            Varint(1);
        }

        return this;
    }

    public ProtobufWriter Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.Written.Span);
        return this;
    }

    private void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        Varint(((uint)field << 3) | 2);
        Varint((uint)bytes.Length);
        _buffer.Write(bytes);
    }

    private void Varint(uint value)
    {
        while (value >= 0x80)
        {
            _buffer.Write([(byte)(value | 0x80)]);
            value >>= 7;
        }

        _buffer.Write([(byte)value]);
    }
}
