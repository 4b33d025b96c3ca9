//! The table: one row per A64 encoding (Arm ARM, DDI 0487, chapter C4).
//!
//! A row is the encoding's name, its bits (bit 31 first; `0`/`1` fixed, a letter for each bit of a
//! field: n Rn, d Rd, t Rt, m Rm, a Ra, i immediate, z size or sf, c condition, s shift, o option …;
//! spaces are for the eye), the feature it came with, and `=>` its meaning: a function of `lift`,
//! called with the emitter, the instruction and the arguments given. Without a meaning the
//! encoding is known and not implemented; it raises SIGILL and says so in the log. Where two rows
//! match, the one with more fixed bits wins.
//!
//! Everything else (decoder, dispatch tables, printer, fuzzers, support page) derives from here, by
//! handing a macro to `for_each_encoding!`.

/// Calls `$m! { rows }`.
#[macro_export]
macro_rules! for_each_encoding {
    ($m:ident) => {
        $m! {
            // ── Data processing, immediate (C4.1.92) ──────────────────────────────────────────
            // PC-relative addressing
            ADR                 "0ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adr();
            ADRP                "1ii10000iiiiiiiiiiiiiiiiiiiddddd" BASE => imm::adrp();
            // Add/subtract (immediate)
            ADD_imm             "z00100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, false);
            ADDS_imm            "z01100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(false, true);
            SUB_imm             "z10100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, false);
            SUBS_imm            "z11100010siiiiiiiiiiiinnnnnddddd" BASE => imm::add_sub(true, true);
            // Logical (immediate)
            AND_imm             "z00100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, false);
            ORR_imm             "z01100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Orr, false);
            EOR_imm             "z10100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::Eor, false);
            ANDS_imm            "z11100100iiiiiiiiiiiiinnnnnddddd" BASE => imm::logical(Int2::And, true);
            // Move wide (immediate)
            MOVN                "z00100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movn();
            MOVZ                "z10100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movz();
            MOVK                "z11100101hhiiiiiiiiiiiiiiiiddddd" BASE => imm::movk();
            // Bitfield
            SBFM                "z00100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(true);
            BFM                 "z01100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bfm();
            UBFM                "z10100110Nrrrrrrssssssnnnnnddddd" BASE => imm::bitfield(false);
            // Extract
            EXTR                "z00100111N0mmmmmssssssnnnnnddddd" BASE => imm::extr();

            // ── Data processing, register (C4.1.95) ───────────────────────────────────────────
            // Data-processing (2 source)
            UDIV                "z0011010110mmmmm000010nnnnnddddd" BASE => reg::two_source(Int2::Udiv);
            SDIV                "z0011010110mmmmm000011nnnnnddddd" BASE => reg::two_source(Int2::Sdiv);
            LSLV                "z0011010110mmmmm001000nnnnnddddd" BASE => reg::two_source(Int2::Lsl);
            LSRV                "z0011010110mmmmm001001nnnnnddddd" BASE => reg::two_source(Int2::Lsr);
            ASRV                "z0011010110mmmmm001010nnnnnddddd" BASE => reg::two_source(Int2::Asr);
            RORV                "z0011010110mmmmm001011nnnnnddddd" BASE => reg::two_source(Int2::Ror);
            CRC32B              "00011010110mmmmm010000nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32b);
            CRC32H              "00011010110mmmmm010001nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32h);
            CRC32W              "00011010110mmmmm010010nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32w);
            CRC32X              "10011010110mmmmm010011nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32x);
            CRC32CB             "00011010110mmmmm010100nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cb);
            CRC32CH             "00011010110mmmmm010101nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32ch);
            CRC32CW             "00011010110mmmmm010110nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cw);
            CRC32CX             "10011010110mmmmm010111nnnnnddddd" CRC32 => reg::two_source(Int2::Crc32cx);
            // Data-processing (1 source)
            RBIT                "z101101011000000000000nnnnnddddd" BASE => reg::one_source(Int1::Rbit);
            REV16               "z101101011000000000001nnnnnddddd" BASE => reg::one_source(Int1::Rev16);
            REV_w               "0101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            REV32               "1101101011000000000010nnnnnddddd" BASE => reg::one_source(Int1::Rev32);
            REV_x               "1101101011000000000011nnnnnddddd" BASE => reg::one_source(Int1::Rev);
            CLZ                 "z101101011000000000100nnnnnddddd" BASE => reg::one_source(Int1::Clz);
            CLS                 "z101101011000000000101nnnnnddddd" BASE => reg::one_source(Int1::Cls);
            // Logical (shifted register)
            AND_reg             "z0001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, false);
            BIC_reg             "z0001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, false);
            ORR_reg             "z0101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orr, false);
            ORN_reg             "z0101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Orn, false);
            EOR_reg             "z1001010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eor, false);
            EON_reg             "z1001010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Eon, false);
            ANDS_reg            "z1101010ss0mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::And, true);
            BICS_reg            "z1101010ss1mmmmmiiiiiinnnnnddddd" BASE => reg::logical(Int2::Bic, true);
            // Add/subtract (shifted register)
            ADD_reg             "z0001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, false);
            ADDS_reg            "z0101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(false, true);
            SUB_reg             "z1001011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, false);
            SUBS_reg            "z1101011ss0mmmmmiiiiiinnnnnddddd" BASE => reg::add_sub_shifted(true, true);
            // Add/subtract (extended register)
            ADD_ext             "z0001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, false);
            ADDS_ext            "z0101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(false, true);
            SUB_ext             "z1001011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, false);
            SUBS_ext            "z1101011001mmmmmoooiiinnnnnddddd" BASE => reg::add_sub_extended(true, true);
            // Add/subtract (with carry)
            ADC                 "z0011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, false);
            ADCS                "z0111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(false, true);
            SBC                 "z1011010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, false);
            SBCS                "z1111010000mmmmm000000nnnnnddddd" BASE => reg::add_sub_carry(true, true);
            // Conditional compare (register, immediate)
            CCMN_reg            "z0111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(false, false);
            CCMP_reg            "z1111010010mmmmmcccc00nnnnn0ffff" BASE => reg::cond_compare(true, false);
            CCMN_imm            "z0111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(false, true);
            CCMP_imm            "z1111010010iiiiicccc10nnnnn0ffff" BASE => reg::cond_compare(true, true);
            // Conditional select
            CSEL                "z0011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Same);
            CSINC               "z0011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Increment);
            CSINV               "z1011010100mmmmmcccc00nnnnnddddd" BASE => reg::cond_select(CondSelect::Invert);
            CSNEG               "z1011010100mmmmmcccc01nnnnnddddd" BASE => reg::cond_select(CondSelect::Negate);
            // Data-processing (3 source)
            MADD                "z0011011000mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add(false);
            MSUB                "z0011011000mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add(true);
            SMADDL              "10011011001mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, false);
            SMSUBL              "10011011001mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Smull, true);
            SMULH               "10011011010mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Smulh);
            UMADDL              "10011011101mmmmm0aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, false);
            UMSUBL              "10011011101mmmmm1aaaaannnnnddddd" BASE => reg::multiply_add_long(Int2::Umull, true);
            UMULH               "10011011110mmmmm0aaaaannnnnddddd" BASE => reg::multiply_high(Int2::Umulh);

            // ── Branches, exceptions, system (C4.1.93) ────────────────────────────────────────
            B_cond              "01010100iiiiiiiiiiiiiiiiiii0cccc" BASE => branch::b_cond();
            B                   "000101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(false);
            BL                  "100101iiiiiiiiiiiiiiiiiiiiiiiiii" BASE => branch::b(true);
            CBZ                 "z0110100iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(true);
            CBNZ                "z0110101iiiiiiiiiiiiiiiiiiittttt" BASE => branch::compare_branch(false);
            TBZ                 "b0110110bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(true);
            TBNZ                "b0110111bbbbbiiiiiiiiiiiiiittttt" BASE => branch::test_branch(false);
            BR                  "1101011000011111000000nnnnn00000" BASE => branch::register(Indirect::Jump);
            BLR                 "1101011000111111000000nnnnn00000" BASE => branch::register(Indirect::Call);
            RET                 "1101011001011111000000nnnnn00000" BASE => branch::register(Indirect::Return);
            // Exception generation
            SVC                 "11010100000iiiiiiiiiiiiiiii00001" BASE => branch::svc();
            BRK                 "11010100001iiiiiiiiiiiiiiii00000" BASE => branch::brk();
            // END: branches and exceptions

            // ── System instructions (C4.1.93) ─────────────────────────────────────────────────
            // END: system

            // ── Loads and stores (C4.1.94) ────────────────────────────────────────────────────
            // Load/store register (unsigned immediate)
            STRB_imm            "0011100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unsigned);
            LDRB_imm            "0011100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unsigned);
            LDRSB_x_imm         "0011100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unsigned);
            LDRSB_w_imm         "0011100111iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unsigned);
            STRH_imm            "0111100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unsigned);
            LDRH_imm            "0111100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unsigned);
            LDRSH_x_imm         "0111100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unsigned);
            LDRSH_w_imm         "0111100111iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unsigned);
            STR_w_imm           "1011100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unsigned);
            LDR_w_imm           "1011100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unsigned);
            LDRSW_imm           "1011100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unsigned);
            STR_x_imm           "1111100100iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unsigned);
            LDR_x_imm           "1111100101iiiiiiiiiiiinnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unsigned);
            PRFM_imm            "1111100110iiiiiiiiiiiinnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (unscaled immediate)
            STURB               "00111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unscaled);
            LDURB               "00111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unscaled);
            LDURSB_x            "00111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unscaled);
            LDURSB_w            "00111000110iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unscaled);
            STURH               "01111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unscaled);
            LDURH               "01111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unscaled);
            LDURSH_x            "01111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unscaled);
            LDURSH_w            "01111000110iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unscaled);
            STUR_w              "10111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unscaled);
            LDUR_w              "10111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unscaled);
            LDURSW              "10111000100iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unscaled);
            STUR_x              "11111000000iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unscaled);
            LDUR_x              "11111000010iiiiiiiii00nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unscaled);
            PRFUM               "11111000100iiiiiiiii00nnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (immediate post-indexed)
            STRB_post           "00111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Post);
            LDRB_post           "00111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Post);
            LDRSB_x_post        "00111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Post);
            LDRSB_w_post        "00111000110iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Post);
            STRH_post           "01111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Post);
            LDRH_post           "01111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Post);
            LDRSH_x_post        "01111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Post);
            LDRSH_w_post        "01111000110iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Post);
            STR_w_post          "10111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Post);
            LDR_w_post          "10111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Post);
            LDRSW_post          "10111000100iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Post);
            STR_x_post          "11111000000iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Post);
            LDR_x_post          "11111000010iiiiiiiii01nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Post);
            // Load/store register (immediate pre-indexed)
            STRB_pre            "00111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Pre);
            LDRB_pre            "00111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Pre);
            LDRSB_x_pre         "00111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Pre);
            LDRSB_w_pre         "00111000110iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Pre);
            STRH_pre            "01111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Pre);
            LDRH_pre            "01111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Pre);
            LDRSH_x_pre         "01111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Pre);
            LDRSH_w_pre         "01111000110iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Pre);
            STR_w_pre           "10111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Pre);
            LDR_w_pre           "10111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Pre);
            LDRSW_pre           "10111000100iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Pre);
            STR_x_pre           "11111000000iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Pre);
            LDR_x_pre           "11111000010iiiiiiiii11nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Pre);
            // Load/store register (unprivileged)
            STTRB               "00111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Unscaled);
            LDTRB               "00111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Unscaled);
            LDTRSB_x            "00111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Unscaled);
            LDTRSB_w            "00111000110iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Unscaled);
            STTRH               "01111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Unscaled);
            LDTRH               "01111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Unscaled);
            LDTRSH_x            "01111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Unscaled);
            LDTRSH_w            "01111000110iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Unscaled);
            STTR_w              "10111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Unscaled);
            LDTR_w              "10111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Unscaled);
            LDTRSW              "10111000100iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Unscaled);
            STTR_x              "11111000000iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Unscaled);
            LDTR_x              "11111000010iiiiiiiii10nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Unscaled);
            // Load/store register (register offset)
            STRB_reg            "00111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Store, Mode::Register);
            LDRB_reg            "00111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Load, Mode::Register);
            LDRSB_x_reg         "00111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::X), Mode::Register);
            LDRSB_w_reg         "00111000111mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::B, Move::Signed(Size::W), Mode::Register);
            STRH_reg            "01111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Store, Mode::Register);
            LDRH_reg            "01111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Load, Mode::Register);
            LDRSH_x_reg         "01111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::X), Mode::Register);
            LDRSH_w_reg         "01111000111mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::H, Move::Signed(Size::W), Mode::Register);
            STR_w_reg           "10111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Store, Mode::Register);
            LDR_w_reg           "10111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Load, Mode::Register);
            LDRSW_reg           "10111000101mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::S, Move::Signed(Size::X), Mode::Register);
            STR_x_reg           "11111000001mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::D, Move::Store, Mode::Register);
            LDR_x_reg           "11111000011mmmmmo1os10nnnnnttttt" BASE => load_store::single(Width::D, Move::Load, Mode::Register);
            PRFM_reg            "11111000101mmmmmo1os10nnnnnttttt" BASE => load_store::prefetch();
            // Load/store register (unsigned immediate), SIMD&FP
            STR_b_imm           "0011110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Unsigned);
            LDR_b_imm           "0011110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Unsigned);
            STR_h_imm           "0111110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Unsigned);
            LDR_h_imm           "0111110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Unsigned);
            STR_s_imm           "1011110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Unsigned);
            LDR_s_imm           "1011110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Unsigned);
            STR_d_imm           "1111110100iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Unsigned);
            LDR_d_imm           "1111110101iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Unsigned);
            STR_q_imm           "0011110110iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Unsigned);
            LDR_q_imm           "0011110111iiiiiiiiiiiinnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Unsigned);
            // Load/store register (unscaled immediate), SIMD&FP
            STUR_b              "00111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Unscaled);
            LDUR_b              "00111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Unscaled);
            STUR_h              "01111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Unscaled);
            LDUR_h              "01111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Unscaled);
            STUR_s              "10111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Unscaled);
            LDUR_s              "10111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Unscaled);
            STUR_d              "11111100000iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Unscaled);
            LDUR_d              "11111100010iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Unscaled);
            STUR_q              "00111100100iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Unscaled);
            LDUR_q              "00111100110iiiiiiiii00nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Unscaled);
            // Load/store register (immediate post-indexed), SIMD&FP
            STR_b_post          "00111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Post);
            LDR_b_post          "00111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Post);
            STR_h_post          "01111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Post);
            LDR_h_post          "01111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Post);
            STR_s_post          "10111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Post);
            LDR_s_post          "10111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Post);
            STR_d_post          "11111100000iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Post);
            LDR_d_post          "11111100010iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Post);
            STR_q_post          "00111100100iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Post);
            LDR_q_post          "00111100110iiiiiiiii01nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Post);
            // Load/store register (immediate pre-indexed), SIMD&FP
            STR_b_pre           "00111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Pre);
            LDR_b_pre           "00111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Pre);
            STR_h_pre           "01111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Pre);
            LDR_h_pre           "01111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Pre);
            STR_s_pre           "10111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Pre);
            LDR_s_pre           "10111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Pre);
            STR_d_pre           "11111100000iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Pre);
            LDR_d_pre           "11111100010iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Pre);
            STR_q_pre           "00111100100iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Pre);
            LDR_q_pre           "00111100110iiiiiiiii11nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Pre);
            // Load/store register (register offset), SIMD&FP
            STR_b_reg           "00111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::B, Move::Store, Mode::Register);
            LDR_b_reg           "00111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::B, Move::Load, Mode::Register);
            STR_h_reg           "01111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::H, Move::Store, Mode::Register);
            LDR_h_reg           "01111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::H, Move::Load, Mode::Register);
            STR_s_reg           "10111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::S, Move::Store, Mode::Register);
            LDR_s_reg           "10111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::S, Move::Load, Mode::Register);
            STR_d_reg           "11111100001mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::D, Move::Store, Mode::Register);
            LDR_d_reg           "11111100011mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::D, Move::Load, Mode::Register);
            STR_q_reg           "00111100101mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Store, Mode::Register);
            LDR_q_reg           "00111100111mmmmmo1os10nnnnnttttt" FP => load_store::single_v(Width::Q, Move::Load, Mode::Register);
            // Load register (literal)
            LDR_w_lit           "00011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::S, Move::Load);
            LDR_x_lit           "01011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::D, Move::Load);
            LDRSW_lit           "10011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::literal(Width::S, Move::Signed(Size::X));
            PRFM_lit            "11011000iiiiiiiiiiiiiiiiiiittttt" BASE => load_store::prefetch();
            LDR_s_lit           "00011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::S);
            LDR_d_lit           "01011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::D);
            LDR_q_lit           "10011100iiiiiiiiiiiiiiiiiiittttt" FP => load_store::literal_v(Width::Q);
            // Load/store no-allocate pair (offset)
            STNP_w              "0010100000iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Offset);
            STNP_x              "1010100000iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Offset);
            LDNP_w              "0010100001iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Offset);
            LDNP_x              "1010100001iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Offset);
            STNP_s              "0010110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Offset);
            STNP_d              "0110110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Offset);
            STNP_q              "1010110000iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Offset);
            LDNP_s              "0010110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Offset);
            LDNP_d              "0110110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Offset);
            LDNP_q              "1010110001iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Offset);
            // Load/store register pair (offset)
            STP_w               "0010100100iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Offset);
            STP_x               "1010100100iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Offset);
            LDP_w               "0010100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Offset);
            LDP_x               "1010100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Offset);
            LDPSW               "0110100101iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Offset);
            STGP                "0110100100iiiiiiiaaaaannnnnttttt" MTE;
            STP_s               "0010110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Offset);
            STP_d               "0110110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Offset);
            STP_q               "1010110100iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Offset);
            LDP_s               "0010110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Offset);
            LDP_d               "0110110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Offset);
            LDP_q               "1010110101iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Offset);
            // Load/store register pair (post-indexed)
            STP_w_post          "0010100010iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Post);
            STP_x_post          "1010100010iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Post);
            LDP_w_post          "0010100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Post);
            LDP_x_post          "1010100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Post);
            LDPSW_post          "0110100011iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Post);
            STGP_post           "0110100010iiiiiiiaaaaannnnnttttt" MTE;
            STP_s_post          "0010110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Post);
            STP_d_post          "0110110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Post);
            STP_q_post          "1010110010iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Post);
            LDP_s_post          "0010110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Post);
            LDP_d_post          "0110110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Post);
            LDP_q_post          "1010110011iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Post);
            // Load/store register pair (pre-indexed)
            STP_w_pre           "0010100110iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Store, Mode::Pre);
            STP_x_pre           "1010100110iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Store, Mode::Pre);
            LDP_w_pre           "0010100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Load, Mode::Pre);
            LDP_x_pre           "1010100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::D, Move::Load, Mode::Pre);
            LDPSW_pre           "0110100111iiiiiiiaaaaannnnnttttt" BASE => load_store::pair(Width::S, Move::Signed(Size::X), Mode::Pre);
            STGP_pre            "0110100110iiiiiiiaaaaannnnnttttt" MTE;
            STP_s_pre           "0010110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Store, Mode::Pre);
            STP_d_pre           "0110110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Store, Mode::Pre);
            STP_q_pre           "1010110110iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Store, Mode::Pre);
            LDP_s_pre           "0010110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::S, Move::Load, Mode::Pre);
            LDP_d_pre           "0110110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::D, Move::Load, Mode::Pre);
            LDP_q_pre           "1010110111iiiiiiiaaaaannnnnttttt" FP => load_store::pair_v(Width::Q, Move::Load, Mode::Pre);
            // Load/store exclusive and ordered
            STXR                "zz001000000sssss0uuuuunnnnnttttt" BASE => exclusive::store();
            STLXR               "zz001000000sssss1uuuuunnnnnttttt" BASE => exclusive::store();
            LDXR                "zz001000010uuuuu0uuuuunnnnnttttt" BASE => exclusive::load();
            LDAXR               "zz001000010uuuuu1uuuuunnnnnttttt" BASE => exclusive::load();
            STXP                "1z001000001sssss0aaaaannnnnttttt" BASE => exclusive::store_pair();
            STLXP               "1z001000001sssss1aaaaannnnnttttt" BASE => exclusive::store_pair();
            LDXP                "1z001000011uuuuu0aaaaannnnnttttt" BASE => exclusive::load_pair();
            LDAXP               "1z001000011uuuuu1aaaaannnnnttttt" BASE => exclusive::load_pair();
            STLR                "zz001000100uuuuu1uuuuunnnnnttttt" BASE => exclusive::store_ordered();
            LDAR                "zz001000110uuuuu1uuuuunnnnnttttt" BASE => exclusive::load_ordered();
            STLLR               "zz001000100uuuuu0uuuuunnnnnttttt" LOR => exclusive::store_ordered();
            LDLAR               "zz001000110uuuuu0uuuuunnnnnttttt" LOR => exclusive::load_ordered();
            LDAPR               "zz11100010111111110000nnnnnttttt" LRCPC => exclusive::load_ordered();
            // LDAPR/STLR (unscaled immediate)
            STLUR               "zz011001000iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::store_ordered_unscaled();
            LDAPUR              "zz011001010iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Load);
            LDAPURSB_x          "00011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSH_x          "01011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSW_x          "10011001100iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::X));
            LDAPURSB_w          "00011001110iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::W));
            LDAPURSH_w          "01011001110iiiiiiiii00nnnnnttttt" LRCPC2 => exclusive::load_ordered_unscaled(Move::Signed(Size::W));
            // Compare and swap
            CASP                "0z0010000l1ssssso11111nnnnnttttt" LSE => atomics::compare_and_swap_pair();
            CAS                 "zz0010001l1ssssso11111nnnnnttttt" LSE => atomics::compare_and_swap();
            // Atomic memory operations
            LDADD               "zz111000ar1sssss000000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Add);
            LDCLR               "zz111000ar1sssss000100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Clr);
            LDEOR               "zz111000ar1sssss001000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Eor);
            LDSET               "zz111000ar1sssss001100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Set);
            LDSMAX              "zz111000ar1sssss010000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Smax);
            LDSMIN              "zz111000ar1sssss010100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Smin);
            LDUMAX              "zz111000ar1sssss011000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Umax);
            LDUMIN              "zz111000ar1sssss011100nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Umin);
            SWP                 "zz111000ar1sssss100000nnnnnttttt" LSE => atomics::read_modify_write(Rmw::Swap);
            // Load/store register (pointer authentication), 64-byte and 128-bit atomics
            LDRAA               "111110000i1iiiiiiiiiw1nnnnnttttt" PAuth;
            LDRAB               "111110001i1iiiiiiiiiw1nnnnnttttt" PAuth;
            ST64B               "1111100000111111100100nnnnnttttt" LS64;
            ST64BV              "11111000001sssss101100nnnnnttttt" LS64;
            ST64BV0             "11111000001sssss101000nnnnnttttt" LS64;
            LD64B               "1111100000111111110100nnnnnttttt" LS64;
            LDCLRP              "00011001ar1uuuuu000100nnnnnttttt" LSE128;
            LDSETP              "00011001ar1uuuuu001100nnnnnttttt" LSE128;
            SWPP                "00011001ar1uuuuu100000nnnnnttttt" LSE128;
            // Memory copy and set, memory tags
            STG_post            "11011001001iiiiiiiii01nnnnnttttt" MTE;
            STG_off             "11011001001iiiiiiiii10nnnnnttttt" MTE;
            STG_pre             "11011001001iiiiiiiii11nnnnnttttt" MTE;
            STZG_post           "11011001011iiiiiiiii01nnnnnttttt" MTE;
            STZG_off            "11011001011iiiiiiiii10nnnnnttttt" MTE;
            STZG_pre            "11011001011iiiiiiiii11nnnnnttttt" MTE;
            ST2G_post           "11011001101iiiiiiiii01nnnnnttttt" MTE;
            ST2G_off            "11011001101iiiiiiiii10nnnnnttttt" MTE;
            ST2G_pre            "11011001101iiiiiiiii11nnnnnttttt" MTE;
            STZ2G_post          "11011001111iiiiiiiii01nnnnnttttt" MTE;
            STZ2G_off           "11011001111iiiiiiiii10nnnnnttttt" MTE;
            STZ2G_pre           "11011001111iiiiiiiii11nnnnnttttt" MTE;
            LDG                 "11011001011iiiiiiiii00nnnnnttttt" MTE;
            STZGM               "1101100100100000000000nnnnnttttt" MTE;
            STGM                "1101100110100000000000nnnnnttttt" MTE;
            LDGM                "1101100111100000000000nnnnnttttt" MTE;
            CPYFP               "00011001000sssssoooo01nnnnnddddd" MOPS;
            CPYP                "00011101000sssssoooo01nnnnnddddd" MOPS;
            CPYFM               "00011001010sssssoooo01nnnnnddddd" MOPS;
            CPYM                "00011101010sssssoooo01nnnnnddddd" MOPS;
            CPYFE               "00011001100sssssoooo01nnnnnddddd" MOPS;
            CPYE                "00011101100sssssoooo01nnnnnddddd" MOPS;
            SETP                "00011001110sssss00oo01nnnnnddddd" MOPS;
            SETGP               "00011101110sssss00oo01nnnnnddddd" MOPS;
            SETM                "00011001110sssss01oo01nnnnnddddd" MOPS;
            SETGM               "00011101110sssss01oo01nnnnnddddd" MOPS;
            SETE                "00011001110sssss10oo01nnnnnddddd" MOPS;
            SETGE               "00011101110sssss10oo01nnnnnddddd" MOPS;
            // END: loads and stores

            // ── Scalar floating point (C4.1.96) ───────────────────────────────────────────────
            // END: scalar floating point

            // ── Advanced SIMD floating point (C4.1.96) ────────────────────────────────────────
            // END: SIMD floating point

            // ── Advanced SIMD integer, permute, table, cryptography (C4.1.96) ─────────────────
            // END: SIMD

            // ── Known, not implemented ────────────────────────────────────────────────────────
            SVE                 "iii0010iiiiiiiiiiiiiiiiiiiiiiiii" SVE;
            SME                 "1ii0000iiiiiiiiiiiiiiiiiiiiiiiii" SME;
            // END: not implemented
        }
    };
}
